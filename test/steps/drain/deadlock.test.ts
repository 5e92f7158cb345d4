import { expect } from 'chai';
import fc from 'fast-check';
import { tryFindDeletion } from '../../../src/steps/drain/deadlock.ts';
import { ProgressTracker } from '../../../src/steps/drain/progress.ts';
import { DEADLOCK_POLICIES, isDeadlock, type DisruptionBudget } from '../../../src/upgrade/drain/disruption-budget.ts';
import { aBudget, aNode, aPod, aVolume } from '../../support/builders.ts';

const POLICY = { deleteEmptyDirData: true, deleteUnmanagedPods: true, namespace: 'k8s-upgrade' };
const BY_BUDGET = "Cannot evict pod as it would violate the pod's disruption budget.";
const HELD = { kind: 'held', because: BY_BUDGET } as const;

/** One look after the other, each so many seconds later; what may be deleted at the last one. */
function atTheEnd(looks: readonly (readonly DisruptionBudget[])[], policy: (typeof DEADLOCK_POLICIES)[number]) {
  const progress = new ProgressTracker(POLICY);
  const pods = [aPod('web')];
  let seconds = 0;
  let deletion;
  for (const budgets of looks) {
    const facts = { node: aNode('w1'), pods, budgets, attached: [], denied: new Map(), recreating: [], nowMs: 0 };
    const recollection = progress.update(facts, (seconds += 20));
    progress.recordAnswer('uid-of-web', HELD);
    deletion = tryFindDeletion(pods, budgets, policy, recollection);
  }
  return deletion;
}

const anyBudget = fc
  .record({
    desiredHealthy: fc.nat(3),
    expectedPods: fc.nat(3),
    currentHealthy: fc.nat(3),
    disruptionsAllowed: fc.nat(1),
  })
  .map((about) => aBudget('web', about));
const anyLooks = fc.array(anyBudget, { minLength: 1, maxLength: 6 });
const anyPolicy = fc.constantFrom(...DEADLOCK_POLICIES);

describe('a deletion past a budget', () => {
  it('law: never comes of a budget that is exhausted for the moment, whatever it was before', () => {
    fc.assert(
      fc.property(anyLooks, anyPolicy, (looks, policy) => {
        const last = looks.at(-1);
        fc.pre(last !== undefined && !isDeadlock(last));
        expect(
          atTheEnd(
            looks.map((budget) => [budget]),
            policy,
          ),
        ).to.equal(undefined);
      }),
    );
  });

  it('law: comes by default only of a budget that has counted one pod all along', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        if (
          atTheEnd(
            looks.map((budget) => [budget]),
            'single',
          ) === undefined
        )
          return;
        expect(Math.max(...looks.map(({ expectedPods }) => expectedPods))).to.equal(1);
      }),
    );
  });

  it('law: never comes where the setting says never', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        expect(
          atTheEnd(
            looks.map((budget) => [budget]),
            'never',
          ),
        ).to.equal(undefined);
      }),
    );
  });

  const LONE = aBudget('web', { desiredHealthy: 1, expectedPods: 1, currentHealthy: 1, disruptionsAllowed: 0 });
  it('comes of a lone pod once it has been looked at twice', () => {
    expect(atTheEnd([[LONE]], 'single')).to.equal(undefined);
    expect(atTheEnd([[LONE], [LONE]], 'single')).to.deep.include({ pod: aPod('web'), budgets: [LONE] });
  });

  it('waits, of a larger deadlock, until all its pods are well', () => {
    const all = { ...LONE, desiredHealthy: 2, expectedPods: 2, currentHealthy: 2 };
    expect(atTheEnd([[all], [all]], 'always')).to.deep.include({ budgets: [all] });
    const sick = { ...all, currentHealthy: 1 };
    expect(atTheEnd([[sick], [sick]], 'always')).to.equal(undefined);
  });
});

describe('a deletion past a budget of a pod that was not refused for its budget', () => {
  const LONE = [aBudget('web', { desiredHealthy: 1, expectedPods: 1, currentHealthy: 1, disruptionsAllowed: 0 })];
  const SAID = [
    'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: Eviction triggered evacuation of VMI "shop/db"',
    `admission webhook "x.example.org" denied the request: ${BY_BUDGET}`,
    'Internal error occurred: failed calling webhook "x.example.org": no endpoints available for service "x"',
    "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'y' denied request: no",
  ];
  for (const because of SAID)
    it(`never happens: ${because}`, () => {
      const rejected = new Map([['uid-of-web', { because, askAgainAtSeconds: 0 }]]);
      const budgets = new Map([
        ['default/web', { deadlockSeconds: 600, mostExpected: 1, deletedSecondsAgo: undefined }],
      ]);
      const progress = { rejected, idleSeconds: 0, budgets };
      expect(tryFindDeletion([aPod('web')], LONE, 'always', progress)).to.equal(undefined);
      const refused = {
        ...progress,
        rejected: new Map([['uid-of-web', { because: BY_BUDGET, askAgainAtSeconds: 0 }]]),
      };
      expect(tryFindDeletion([aPod('web')], LONE, 'always', refused)).to.not.equal(undefined);
    });
});

describe('a drain remembers', () => {
  const facts = (pods: ReturnType<typeof aPod>[], volumes: string[] = []) => ({
    ...{ node: aNode('w1'), pods, budgets: [], denied: new Map(), recreating: [], nowMs: 0 },
    attached: volumes.map((name) => aVolume(name, undefined)),
  });
  const PODS = [aPod('a'), aPod('b')];
  const MOVES: readonly [string, ReturnType<typeof facts>, ReturnType<typeof facts>, number][] = [
    ['that a pod has left', facts(PODS), facts(PODS.slice(1)), 0],
    ['that a pod has begun to end', facts(PODS), facts([aPod('a', { terminating: true }), aPod('b')]), 0],
    ['that a volume was detached', facts([], ['v1', 'v2']), facts([], ['v2']), 0],
    ['that nothing has moved', facts(PODS), facts(PODS), 100],
    ['that a pod which comes is no progress', facts(PODS), facts([...PODS, aPod('c')]), 100],
    ['that a pod which may stay does not count', facts([aPod('d', { daemonSet: true })]), facts([]), 100],
  ];
  for (const [promise, before, after, idleSeconds] of MOVES)
    it(promise, () => {
      const progress = new ProgressTracker(POLICY);
      progress.update(before, 0);
      expect(progress.update(after, 100)).to.include({ idleSeconds });
    });

  it('what the API server said, and says only what is new', () => {
    const progress = new ProgressTracker(POLICY);
    progress.update(facts(PODS), 30);
    expect(progress.recordAnswer('a', { ...HELD, askAgainSeconds: 10 })).to.equal(true);
    expect(progress.recordAnswer('a', HELD)).to.equal(false);
    expect(progress.recordAnswer('a', { kind: 'held', because: 'another reason' })).to.equal(true);
    progress.recordAnswer('b', { ...HELD, askAgainSeconds: 10 });
    const { rejected } = progress.update(facts(PODS), 35);
    expect([...rejected]).to.deep.equal([
      ['a', { because: 'another reason', askAgainAtSeconds: 30 }],
      ['b', { because: BY_BUDGET, askAgainAtSeconds: 40 }],
    ]);
    progress.recordAnswer('a', { kind: 'evicted' });
    expect([...rejected.keys()]).to.deep.equal(['b']);
  });
});
