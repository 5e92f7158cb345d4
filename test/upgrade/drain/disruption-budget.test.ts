import { expect } from 'chai';
import fc from 'fast-check';
import {
  describeBudget,
  whyNeverEvictable,
  protectionOf,
  type DeadlockPolicy,
  type DisruptionBudget,
} from '../../../src/upgrade/drain/disruption-budget.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import { aBudget, aPod } from '../../support/builders.ts';

const DEADLOCK = { desiredHealthy: 3, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 0 };
const LONE = { desiredHealthy: 1, expectedPods: 1, currentHealthy: 1, disruptionsAllowed: 0 };
const EXHAUSTED = { desiredHealthy: 2, expectedPods: 3, currentHealthy: 2, disruptionsAllowed: 0 };
const NOT_READY = { ready: false } as const;

describe('a disruption budget over a pod', () => {
  const JUDGED: readonly [string, Partial<NodePod>, readonly Partial<DisruptionBudget>[], string][] = [
    ['protects nothing when there is none', {}, [], 'free'],
    ['spares a pod while it allows disruptions', {}, [{}], 'spared'],
    ['is exhausted when it allows none now and could later', {}, [EXHAUSTED], 'exhausted'],
    ['is a deadlock when as many must be healthy as there are', {}, [DEADLOCK], 'deadlock'],
    ['is a deadlock when more must be healthy than there are', {}, [{ ...LONE, desiredHealthy: 2 }], 'deadlock'],
    ['is a deadlock over a lone pod', {}, [LONE], 'deadlock'],
    ['of another namespace says nothing', { namespace: 'shop' }, [DEADLOCK], 'free'],
    ['that selects nothing says nothing', {}, [{ ...DEADLOCK, selector: undefined }], 'free'],
    [
      'over other labels says nothing',
      {},
      [{ ...DEADLOCK, selector: { labels: { app: 'x' }, expressions: [] } }],
      'free',
    ],
    ['is not asked about a pod that waits for its node', { phase: 'Pending' }, [DEADLOCK], 'free'],
    ['is not asked about a pod that has ended', { phase: 'Failed' }, [DEADLOCK], 'free'],
    ['is not asked about a pod that is ending', { terminating: true }, [DEADLOCK, DEADLOCK], 'free'],
    ['spares a sick pod while enough others are well', NOT_READY, [{ ...EXHAUSTED, currentHealthy: 2 }], 'spared'],
    ['keeps a sick pod while too few are well', NOT_READY, [{ ...EXHAUSTED, currentHealthy: 1 }], 'exhausted'],
    ['keeps a sick pod of a deadlock', NOT_READY, [{ ...LONE, currentHealthy: 0 }], 'deadlock'],
    ['lets a sick pod go where it always allows that', NOT_READY, [{ ...LONE, unhealthyPods: 'always-allow' }], 'free'],
    [
      'that has not been counted is not judged',
      {},
      [{ ...LONE, unsettled: 'its status is of an earlier spec' }],
      'unsettled',
    ],
    [
      'that counts no pod while it covers one is not judged',
      {},
      [{ ...LONE, desiredHealthy: 0, expectedPods: 0 }],
      'unsettled',
    ],
    ['overlaps with another one, whatever they allow', {}, [{}, {}], 'overlapping'],
  ];
  for (const [promise, pod, budgets, expected] of JUDGED)
    it(promise, () => {
      const named = budgets.map((about, index) => aBudget(`b${index}`, about));
      expect(protectionOf(aPod('web', pod), named).kind).to.equal(expected);
    });

  const never = 'PodDisruptionBudget default/b0 can never allow its eviction: of';
  const HOPELESS: readonly [
    string,
    DeadlockPolicy,
    boolean,
    readonly Partial<DisruptionBudget>[],
    string | undefined,
  ][] = [
    ['waits for an exhausted one', 'never', true, [EXHAUSTED], undefined],
    ['gets past the deadlock of a lone pod', 'single', true, [LONE], undefined],
    [
      'does not get past one of several',
      'single',
      true,
      [DEADLOCK],
      `${never} 3 pods 3 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.`,
    ],
    ['gets past that when it is told to', 'always', true, [DEADLOCK], undefined],
    [
      'does not get past any when it is told not to',
      'never',
      true,
      [LONE],
      `${never} 1 pods 1 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: single.`,
    ],
    [
      'never deletes what nobody makes anew',
      'always',
      false,
      [LONE],
      `${never} 1 pods 1 must be healthy. No controller would recreate it, so it is not deleted either. Change the budget.`,
    ],
    [
      'does not get past several',
      'single',
      true,
      [{}, {}],
      'several PodDisruptionBudgets cover it (default/b0, default/b1), to which the Eviction API answers 500. Leave one of them, or set drain.deleteDeadlocked: always.',
    ],
    ['gets past several when it is told to', 'always', true, [{}, {}], undefined],
    [
      'but not with a pod that nobody makes anew',
      'always',
      false,
      [{}, {}],
      'several PodDisruptionBudgets cover it (default/b0, default/b1), to which the Eviction API answers 500. Leave one of them.',
    ],
    [
      'does not trust one that nobody has counted',
      'always',
      true,
      [{ ...LONE, expectedPods: 0 }],
      'PodDisruptionBudget default/b0 cannot be judged: its controller has not counted its pods yet.',
    ],
  ];
  for (const [promise, policy, controlled, budgets, expected] of HOPELESS)
    it(`a drain ${promise}`, () => {
      const named = budgets.map((about, index) => aBudget(`b${index}`, about));
      expect(whyNeverEvictable(protectionOf(aPod('web'), named), { controlled }, policy)).to.equal(expected);
    });

  it('is described by its numbers', () => {
    expect(describeBudget(aBudget('web', { ...EXHAUSTED, unsettled: 'stale' }))).to.equal(
      'PodDisruptionBudget default/web: 2 of 3 pods are healthy, 2 must be, 0 may go (stale).',
    );
  });

  it('law: the order of the budgets does not matter', () => {
    const anyBudgets = fc.uniqueArray(
      fc.record({
        name: fc.string(),
        desiredHealthy: fc.nat(3),
        expectedPods: fc.nat(3),
        disruptionsAllowed: fc.nat(1),
      }),
      { selector: ({ name }) => name, maxLength: 4 },
    );
    fc.assert(
      fc.property(anyBudgets, fc.boolean(), (some, ready) => {
        const budgets = some.map(({ name, ...about }) => aBudget(name, about));
        const pod = aPod('web', { ready });
        expect(protectionOf(pod, budgets)).to.deep.equal(protectionOf(pod, budgets.toReversed()));
      }),
    );
  });
});
