import { expect } from 'chai';
import fc from 'fast-check';
import { decide, podName, type DrainWish } from '../../../src/steps/drain/decide.ts';
import { opinionOn } from '../../../src/steps/drain/policy.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import type { Ledger } from '../../../src/upgrade/ledger.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';
import { aLedger, aNode, anyPod, aPod, ME, TO, v } from '../../support/builders.ts';

const WISH: DrainWish = {
  run: ME.uid,
  target: TO,
  timeoutSeconds: 1800,
  deleteEmptyDirData: false,
  deleteUnmanagedPods: false,
};
const NONE_HELD = new Map<string, string>();
const PREPARED = aNode('w1', { unschedulable: true, ledger: aLedger() });

interface Seen {
  readonly node?: ClusterNode;
  readonly pods?: readonly NodePod[];
  readonly held?: ReadonlyMap<string, string>;
  readonly seconds?: number;
}
const think = ({ node = PREPARED, pods = [], held = NONE_HELD, seconds = 0 }: Seen) =>
  decide({ node, pods }, WISH, held, seconds);

/** The ledger with which a node would be cordoned. */
function opened(node: ClusterNode): Ledger | undefined {
  const decision = think({ node });
  return decision.kind === 'act' && decision.action.kind === 'cordon' ? decision.action.ledger : undefined;
}

describe('drain thinks', () => {
  describe('first of all it opens the ledger and cordons, in one change', () => {
    it('before it evicts anything', () => {
      const decision = think({ node: aNode('w1'), pods: [aPod('web')] });
      expect(decision).to.deep.equal({
        kind: 'act',
        action: { kind: 'cordon', node: aNode('w1'), ledger: aLedger() },
        because: 'w1: opening the ledger; cordoning it.',
      });
    });

    it('also on an empty node, which could be given pods at any moment', () => {
      expect(think({ node: aNode('w1') })).to.include({ because: 'w1: opening the ledger; cordoning it.' });
    });

    it('and says when it was cordoned before', () => {
      expect(think({ node: aNode('w1', { unschedulable: true }) })).to.include({
        because: 'w1: opening the ledger; it is cordoned already.',
      });
    });

    const LEDGERS: readonly [string, Partial<ClusterNode>, Partial<Ledger>][] = [
      ['on a node that takes pods the cordon is ours', {}, { cordonedByUs: true }],
      ["a cordon that was there is somebody else's", { unschedulable: true }, { cordonedByUs: false }],
      [
        'a cordon of an earlier run is ours',
        { unschedulable: true, ledger: aLedger({ run: 'earlier' }) },
        { cordonedByUs: true },
      ],
      [
        "one that an earlier run had found is still somebody else's",
        { unschedulable: true, ledger: aLedger({ run: 'earlier', cordonedByUs: false }) },
        { cordonedByUs: false },
      ],
      [
        'one that its owner has taken away meanwhile is ours the next time',
        { ledger: aLedger({ cordonedByUs: false }) },
        { cordonedByUs: true },
      ],
      [
        'a cordon that was taken away in the middle is put back, and ours',
        { ledger: aLedger() },
        { cordonedByUs: true },
      ],
      [
        'where it came from stays known',
        { kubelet: v('1.34.9'), ledger: aLedger({ run: 'earlier', from: v('1.34.7') }) },
        { from: v('1.34.7') },
      ],
      [
        'where it goes is where this run goes',
        { ledger: aLedger({ run: 'earlier', to: v('1.34.8') }) },
        { to: TO, run: ME.uid },
      ],
      [
        'work that was begun on the host stays begun',
        { unschedulable: true, ledger: aLedger({ run: 'earlier', phase: 'upgrading' }) },
        { phase: 'upgrading' },
      ],
      [
        'so it does after its end',
        { unschedulable: true, ledger: aLedger({ run: 'earlier', phase: 'verifying' }) },
        { phase: 'upgrading' },
      ],
      [
        'a drain that was begun is begun again',
        { unschedulable: true, ledger: aLedger({ run: 'earlier' }) },
        { phase: 'draining' },
      ],
    ];
    for (const [promise, about, expected] of LEDGERS)
      it(promise, () => {
        expect(opened(aNode('w1', about))).to.deep.include(expected);
      });
  });

  const SICK = [aPod('db', { controlled: false }), aPod('cache', { emptyDir: true })];
  const OBJECTIONS =
    'w1 may not be drained:\ndefault/db: no controller would make it anew, and drain.deleteUnmanagedPods is false.\ndefault/cache: it has an emptyDir volume, and drain.deleteEmptyDirData is false.';

  it('refuses before it has touched anything when a pod may not go, and names every such pod', () => {
    expect(think({ node: aNode('w1'), pods: [aPod('web'), ...SICK] })).to.deep.equal({
      kind: 'refuse',
      because: OBJECTIONS,
    });
  });

  it('gives the node back when such a pod came while it cordoned', () => {
    expect(think({ pods: SICK })).to.deep.equal({
      kind: 'act',
      action: { kind: 'give-up', node: 'w1', run: ME.uid, because: OBJECTIONS },
      because: 'w1: giving up; its host was not touched.',
    });
  });

  it('does not drain a node that is at the target already, whatever its ledger says', () => {
    for (const about of [{}, { ledger: aLedger() }, { unschedulable: true }])
      expect(think({ node: aNode('w1', { kubelet: TO, ...about }), pods: [aPod('web')] })).to.deep.include({
        kind: 'done',
        because: 'w1 runs the target already; nothing to drain.',
      });
  });

  it('is done when only what may stay is left', () => {
    const pods = [
      aPod('agent', { daemonSet: true }),
      aPod('proxy', { mirror: true }),
      aPod('job', { phase: 'Succeeded' }),
    ];
    expect(think({ pods })).to.include({ kind: 'done', because: 'w1 is drained.' });
  });

  it('evicts all that must go, and leaves alone what is ending already', () => {
    const pods = [aPod('web'), aPod('api'), aPod('old', { terminating: true }), aPod('agent', { daemonSet: true })];
    expect(think({ pods })).to.deep.equal({
      kind: 'act',
      action: { kind: 'evict', pods: pods.slice(0, 2) },
      because: 'w1: 3 pods must go.',
    });
  });

  it('waits while all that is left is ending', () => {
    expect(think({ pods: [aPod('old', { terminating: true })] })).to.deep.equal({
      kind: 'wait',
      seconds: 2,
      because: 'w1: waiting for 1 pods to end.',
    });
  });

  it('asks again for a pod that a budget held', () => {
    const held = new Map([['default/web', 'budget']]);
    expect(think({ pods: [aPod('web')], held })).to.deep.include({ action: { kind: 'evict', pods: [aPod('web')] } });
  });

  describe('when its time is over', () => {
    const pods = [aPod('web'), aPod('old', { terminating: true }), aPod('new'), aPod('agent', { daemonSet: true })];
    const held = new Map([
      ['default/web', "Cannot evict pod as it would violate the pod's disruption budget."],
      ['default/old', "Cannot evict pod as it would violate the pod's disruption budget."],
    ]);
    const STILL_THERE = [
      'w1 was not drained within 1800 s. Still there:',
      "default/web: Cannot evict pod as it would violate the pod's disruption budget.",
      'default/old: told to end, has not ended.',
      'default/new: not evicted yet.',
    ].join('\n');

    it('gives the node back, and names the pods that stayed and what held each', () => {
      expect(think({ pods, held, seconds: 1800 })).to.deep.equal({
        kind: 'act',
        action: { kind: 'give-up', node: 'w1', run: ME.uid, because: STILL_THERE },
        because: 'w1: giving up; its host was not touched.',
      });
    });

    it('not a second before', () => {
      expect(think({ pods, held, seconds: 1799 })).to.deep.include({ because: 'w1: 3 pods must go.' });
    });

    it('does not give up what is drained by then', () => {
      expect(think({ seconds: 99_999 })).to.include({ kind: 'done' });
    });

    it('never gives pods to a node on whose host an upgrade was begun', () => {
      const node = aNode('w1', { unschedulable: true, ledger: aLedger({ phase: 'upgrading' }) });
      expect(think({ node, pods, held, seconds: 1800 })).to.deep.equal({
        kind: 'refuse',
        because: `${STILL_THERE}\nAn upgrade was begun on w1 earlier and did not end: it stays cordoned until one does.`,
      });
    });
  });

  describe('laws', () => {
    const anyPods = fc.uniqueArray(anyPod, { selector: podName, maxLength: 8 });
    const anyPolicy = fc.record({ deleteEmptyDirData: fc.boolean(), deleteUnmanagedPods: fc.boolean() });

    it('every pod is accounted for exactly once: it stays, is told to go, is waited for, or is objected to', () => {
      fc.assert(
        fc.property(anyPods, anyPolicy, (pods, policy) => {
          const decision = decide({ node: aNode('w1'), pods }, { ...WISH, ...policy }, NONE_HELD, 0);
          const objected =
            decision.kind === 'refuse'
              ? decision.because
                  .split('\n')
                  .slice(1)
                  .map((line) => line.split(': ')[0])
              : [];
          const going = decide({ node: PREPARED, pods }, { ...WISH, ...policy }, NONE_HELD, 0);
          const evicted = going.kind === 'act' && going.action.kind === 'evict' ? going.action.pods.map(podName) : [];
          const stays = pods.filter((pod) => opinionOn(pod, policy).kind === 'leave').map(podName);
          const ending = pods.filter((pod) => opinionOn(pod, policy).kind === 'evict' && pod.terminating).map(podName);
          const accounted =
            objected.length > 0
              ? [...objected, ...pods.map(podName).filter((name) => !objected.includes(name))]
              : [...stays, ...evicted, ...ending];
          expect(accounted).to.have.members(pods.map(podName)).and.to.have.length(pods.length);
        }),
      );
    });

    it('nothing is evicted from a node that takes pods or has no ledger of this run', () => {
      const anyNode = fc.record({
        unschedulable: fc.boolean(),
        ledger: fc.constantFrom(undefined, aLedger(), aLedger({ run: 'other' })),
      });
      fc.assert(
        fc.property(anyNode, anyPods, fc.nat(4000), (about, pods, seconds) => {
          const decision = decide({ node: aNode('w1', about), pods }, WISH, NONE_HELD, seconds);
          const prepared = about.unschedulable && about.ledger?.run === ME.uid;
          if (!prepared && decision.kind === 'act') expect(decision.action.kind).to.equal('cordon');
        }),
      );
    });
  });
});
