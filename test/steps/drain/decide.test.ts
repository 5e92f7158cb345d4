import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../../src/steps/drain/decide.ts';
import { objectName } from '../../../src/text/object-name.ts';
import { NO_PROGRESS, type DrainProgress } from '../../../src/steps/drain/progress.ts';
import type { DrainInput } from '../../../src/steps/drain/contract.ts';
import type { DrainFacts } from '../../../src/steps/drain/observe.ts';
import type { AttachedVolume, NodePod } from '../../../src/steps/ports/cluster.ts';
import type { DisruptionBudget } from '../../../src/upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../../src/upgrade/drain/policy.ts';
import type { UpgradeRecord } from '../../../src/upgrade/node/upgrade-record.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aBudget, aRecord, aNode, anyPod, aPod, aVolume, ME, TO, v } from '../../support/builders.ts';

const INPUT: DrainInput = {
  node: 'w1',
  runUid: ME.uid,
  podName: 'this-step',
  namespace: 'k8s-upgrade',
  target: TO,
  timeoutSeconds: 1800,
  maximumSeconds: 7200,
  gracePeriodSeconds: 300,
  deleteEmptyDirData: false,
  deleteUnmanagedPods: false,
  deleteDeadlocked: 'single',
};
const NOW = Date.UTC(2026, 10, 24);
const PREPARED = aNode('w1', { unschedulable: true, upgradeRecord: aRecord() });

interface Seen {
  readonly node?: ClusterNode;
  readonly pods?: readonly NodePod[];
  readonly budgets?: readonly DisruptionBudget[];
  readonly attached?: readonly AttachedVolume[];
  readonly progress?: Partial<DrainProgress>;
  readonly seconds?: number;
  readonly input?: Partial<DrainInput>;
}
const facts = ({ node = PREPARED, pods = [], budgets = [], attached = [] }: Seen): DrainFacts => ({
  ...{ node, pods, budgets, attached, denied: new Map(), recreating: [] },
  nowMs: NOW,
});
const think = ({ progress = {}, seconds = 0, input = {}, ...seen }: Seen) =>
  decide(facts(seen), { ...INPUT, ...input }, { ...NO_PROGRESS, ...progress }, seconds);

const HELD = "Cannot evict pod as it would violate the pod's disruption budget.";
/** What the Eviction API has said of these pods. */
const heldOf = (...names: string[]): DrainProgress['rejected'] =>
  new Map(names.map((name) => [`uid-of-${name}`, { because: HELD, askAgainAtSeconds: 0 }]));

/** The upgrade record with which a node would be cordoned. */
function opened(node: ClusterNode): UpgradeRecord | undefined {
  const decision = think({ node });
  return decision.kind === 'act' && decision.action.kind === 'cordon' ? decision.action.upgradeRecord : undefined;
}

describe('drain thinks', () => {
  describe('first of all it opens the upgrade record and cordons, in one change', () => {
    it('before it evicts anything', () => {
      const decision = think({ node: aNode('w1'), pods: [aPod('web')] });
      expect(decision).to.deep.equal({
        kind: 'act',
        action: { kind: 'cordon', node: aNode('w1'), upgradeRecord: aRecord() },
        because: 'w1: opening its upgrade record; cordoning it.',
      });
    });

    it('also on an empty node, which could be given pods at any moment', () => {
      expect(think({ node: aNode('w1') })).to.include({ because: 'w1: opening its upgrade record; cordoning it.' });
    });

    it('and says when it was cordoned before', () => {
      expect(think({ node: aNode('w1', { unschedulable: true }) })).to.include({
        because: 'w1: opening its upgrade record; it is cordoned already.',
      });
    });

    const UPGRADE_RECORDS: readonly [string, Partial<ClusterNode>, Partial<UpgradeRecord>][] = [
      ['on a node that takes pods the cordon is ours', {}, { cordonedByUs: true }],
      ["a cordon that was there is somebody else's", { unschedulable: true }, { cordonedByUs: false }],
      [
        'a cordon of an earlier run is ours',
        { unschedulable: true, upgradeRecord: aRecord({ run: 'earlier' }) },
        { cordonedByUs: true },
      ],
      [
        "one that an earlier run had found is still somebody else's",
        { unschedulable: true, upgradeRecord: aRecord({ run: 'earlier', cordonedByUs: false }) },
        { cordonedByUs: false },
      ],
      [
        'one that its owner has taken away meanwhile is ours the next time',
        { upgradeRecord: aRecord({ cordonedByUs: false }) },
        { cordonedByUs: true },
      ],
      [
        'a cordon that was taken away in the middle is put back, and ours',
        { upgradeRecord: aRecord() },
        { cordonedByUs: true },
      ],
      [
        'where it came from stays known',
        { kubelet: v('1.34.9'), upgradeRecord: aRecord({ run: 'earlier', from: v('1.34.7') }) },
        { from: v('1.34.7') },
      ],
      [
        'where it goes is where this run goes',
        { upgradeRecord: aRecord({ run: 'earlier', to: v('1.34.8') }) },
        { to: TO, run: ME.uid },
      ],
      [
        'work that was begun on the host stays begun',
        { unschedulable: true, upgradeRecord: aRecord({ run: 'earlier', phase: 'upgrading' }) },
        { phase: 'upgrading' },
      ],
      [
        'so it does after its end',
        { unschedulable: true, upgradeRecord: aRecord({ run: 'earlier', phase: 'verifying' }) },
        { phase: 'upgrading' },
      ],
      [
        'a drain that was begun is begun again',
        { unschedulable: true, upgradeRecord: aRecord({ run: 'earlier' }) },
        { phase: 'draining' },
      ],
    ];
    for (const [promise, about, expected] of UPGRADE_RECORDS)
      it(promise, () => {
        expect(opened(aNode('w1', about))).to.deep.include(expected);
      });
  });

  const SICK = [aPod('db', { controlled: false }), aPod('cache', { emptyDir: true })];
  const OBJECTIONS =
    'w1 may not be drained:\ndefault/db: no controller would recreate it, and drain.deleteUnmanagedPods is false.\ndefault/cache: it has an emptyDir volume, and drain.deleteEmptyDirData is false.';

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
      because: 'w1: stopping the drain; its host was not changed.',
    });
  });

  it('does not drain a node that is at the target already, whatever its upgrade record says', () => {
    for (const about of [{}, { upgradeRecord: aRecord() }, { unschedulable: true }])
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
      because: 'w1: 3 pods to evict.',
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
    expect(think({ pods: [aPod('web')], progress: { rejected: heldOf('web') } })).to.deep.include({
      action: { kind: 'evict', pods: [aPod('web')] },
    });
  });

  it('does not ask again before the API server wants to be asked', () => {
    const later = new Map([['uid-of-web', { because: HELD, askAgainAtSeconds: 10 }]]);
    const pods = [aPod('web'), aPod('api')];
    const asked = (seconds: number) => think({ pods, progress: { rejected: later }, seconds });
    expect(asked(9)).to.deep.include({ action: { kind: 'evict', pods: [aPod('api')] } });
    expect(asked(10)).to.deep.include({ action: { kind: 'evict', pods } });
    expect(think({ pods: [aPod('web')], progress: { rejected: later } })).to.include({ kind: 'wait', seconds: 2 });
  });

  it('names pods that take longer than their grace while it waits', () => {
    const pods = [
      aPod('late', { terminating: true, dueAtMs: NOW - 1 }),
      aPod('old', { terminating: true, dueAtMs: NOW }),
    ];
    expect(think({ pods })).to.include({
      because: 'w1: waiting for 2 pods to end. Past their grace: default/late.',
    });
  });

  describe('does not drain the node that it runs on', () => {
    const MYSELF =
      'w1 may not be drained:\nk8s-upgrade/this-step: it is the pod of this step, which must not run on the node that it drains. Render and apply dist/ again.';
    const pods = [aPod('this-step', { namespace: 'k8s-upgrade', workflow: 'k8s-upgrade-1' })];

    it('and says so before it has touched anything', () => {
      expect(think({ node: aNode('w1'), pods })).to.deep.equal({ kind: 'refuse', because: MYSELF });
    });

    it('and gives it back when another attempt had cordoned it', () => {
      expect(think({ pods })).to.deep.include({
        action: { kind: 'give-up', node: 'w1', run: ME.uid, because: MYSELF },
      });
    });

    it('while another step of ours there is evicted', () => {
      const other = [aPod('that-step', { namespace: 'k8s-upgrade', workflow: 'k8s-upgrade-0', emptyDir: true })];
      expect(think({ pods: other })).to.deep.include({ action: { kind: 'evict', pods: other } });
    });
  });

  describe('a budget that can never allow it', () => {
    const NEVER =
      'w1 could never be drained:\ndefault/web: PodDisruptionBudget default/web can never allow its eviction: of 3 pods 3 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.';
    const budgets = [aBudget('web', { desiredHealthy: 3, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 0 })];
    const seen = { node: aNode('w1'), pods: [aPod('web')], budgets };

    it('is looked at again for a minute, since a count may be wrong for a moment', () => {
      expect(think({ ...seen, seconds: 59 })).to.deep.equal({ kind: 'wait', seconds: 10, because: NEVER });
    });

    it('and then refused before the node is touched', () => {
      expect(think({ ...seen, seconds: 60 })).to.deep.equal({ kind: 'refuse', because: NEVER });
    });

    it('is waited for once the node is cordoned, since it may be mended', () => {
      expect(think({ ...seen, node: PREPARED, seconds: 500 })).to.deep.include({
        action: { kind: 'evict', pods: seen.pods },
      });
    });

    it('is no reason not to begin where the setting allows deletion', () => {
      expect(think({ ...seen, input: { deleteDeadlocked: 'always' } })).to.deep.include({
        because: 'w1: opening its upgrade record; cordoning it.',
      });
    });

    it('is no reason either where it covers only what may stay', () => {
      expect(think({ ...seen, pods: [aPod('agent', { daemonSet: true })] })).to.include({ kind: 'act' });
    });
  });

  describe('once its pods are gone', () => {
    const attached = [
      aVolume('pv-data', 'default/data', { detachError: 'rpc error:\n timeout' }),
      aVolume('pv-agent', 'default/agent'),
      aVolume('pv-job', 'default/job'),
    ];
    const pods = [
      aPod('agent', { daemonSet: true, claims: ['agent'] }),
      aPod('job', { phase: 'Succeeded', claims: ['job'] }),
    ];

    it('waits for their volumes to be detached, not for those of pods that stay', () => {
      expect(think({ pods, attached })).to.deep.equal({
        kind: 'wait',
        seconds: 5,
        because: 'w1: waiting for 2 volumes to be detached.',
      });
      expect(think({ pods, attached: attached.slice(1, 2) })).to.include({ because: 'w1 is drained.' });
    });

    it('does not wait for the volume of another namespace that a claim of the same name is bound to', () => {
      const other = [aVolume('pv-other', 'shop/agent')];
      expect(think({ pods, attached: other })).to.include({ kind: 'wait' });
    });

    it('waits for none that nobody detaches any more, and says how to remove it', () => {
      const lost = [
        aVolume('pvc-gone', undefined, { volumeGone: true }),
        aVolume('pv-old', 'default/old', { driverGone: true, driver: 'old.example.org' }),
      ];
      const remove = (name: string): string =>
        `Once the storage system shows the volume as detached, remove the attachment: kubectl patch volumeattachment csi-of-${name} --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'; kubectl delete volumeattachment csi-of-${name} --ignore-not-found`;
      expect(think({ pods, attached: lost })).to.include({
        kind: 'done',
        because: [
          'w1 is drained.',
          `Volume pvc-gone stays attached: its PersistentVolume is gone. ${remove('pvc-gone')}`,
          `Volume pv-old (default/old) stays attached: no CSIDriver and no CSINode names its driver old.example.org. ${remove('pv-old')}`,
        ].join('\n'),
      });
      expect(think({ pods, attached: [...lost, ...attached] })).to.include({ kind: 'wait' });
    });

    it('gives up when none of them moves, and names them', () => {
      const stuck = [...attached.slice(0, 2), aVolume('csi-1234', undefined)];
      expect(think({ pods, attached: stuck, progress: { idleSeconds: 1800 } })).to.deep.include({
        action: {
          ...{ kind: 'give-up', node: 'w1', run: ME.uid },
          because:
            'w1 was not drained: for 1800 s no pod left and no volume was detached. Still there:\nVolume pv-data (default/data): still attached. Its driver says: rpc error: timeout See: kubectl describe volumeattachment csi-of-pv-data\nVolume csi-1234: still attached. See: kubectl describe volumeattachment csi-of-csi-1234',
        },
      });
    });
  });

  describe('when its time is over', () => {
    const pods = [
      aPod('web'),
      aPod('old', { terminating: true, dueAtMs: NOW + 1000 }),
      aPod('stuck', { terminating: true, dueAtMs: NOW - 340_500, finalizers: ['b.example.org/x', 'a.example.org/y'] }),
      aPod('new'),
      aPod('agent', { daemonSet: true }),
    ];
    const budgets = [aBudget('web', { currentHealthy: 1, disruptionsAllowed: 0 })];
    const progress = { rejected: heldOf('web', 'old'), idleSeconds: 1800 };
    const STILL_THERE = [
      'w1 was not drained: for 1800 s no pod left and no volume was detached. Still there:',
      `default/web: ${HELD} PodDisruptionBudget default/web: 1 of 2 pods are healthy, 1 must be, 0 may go.`,
      'default/old: terminating, has not ended.',
      'default/stuck: terminating, has not ended, 340 s past its grace. Its finalizers: a.example.org/y, b.example.org/x.',
      'default/new: not evicted yet.',
    ].join('\n');

    it('gives the node back, and names the pods that stayed and what held each', () => {
      expect(think({ pods, budgets, progress, seconds: 1900 })).to.deep.equal({
        kind: 'act',
        action: { kind: 'give-up', node: 'w1', run: ME.uid, because: STILL_THERE },
        because: 'w1: stopping the drain; its host was not changed.',
      });
    });

    it('not a second before', () => {
      expect(think({ pods, budgets, progress: { ...progress, idleSeconds: 1799 }, seconds: 7199 })).to.deep.include({
        because: 'w1: 4 pods to evict.',
      });
    });

    it('also when something moves again and again, in the end', () => {
      const decision = think({ pods: [aPod('new')], seconds: 7200 });
      expect(decision.kind === 'act' && decision.action).to.deep.include({
        because: 'w1 was not drained: it took longer than 7200 s. Still there:\ndefault/new: not evicted yet.',
      });
    });

    it('does not give up what is drained by then', () => {
      expect(think({ seconds: 99_999, progress: { idleSeconds: 99_999 } })).to.include({ kind: 'done' });
    });

    it('never gives pods to a node on whose host an upgrade was begun', () => {
      const node = aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) });
      expect(think({ node, pods, budgets, progress })).to.deep.equal({
        kind: 'refuse',
        because: `${STILL_THERE}\nAn earlier upgrade of w1 has not finished: the node stays cordoned until an upgrade finishes.`,
      });
    });
  });

  describe('laws', () => {
    const anyPods = fc.uniqueArray(anyPod, { selector: objectName, maxLength: 8 });
    const anyPolicy = fc.record({
      deleteEmptyDirData: fc.boolean(),
      deleteUnmanagedPods: fc.boolean(),
      namespace: fc.constant('k8s-upgrade'),
    });

    it('every pod is accounted for exactly once: it stays, is told to go, is waited for, or is objected to', () => {
      fc.assert(
        fc.property(anyPods, anyPolicy, (pods, policy) => {
          const decision = think({ node: aNode('w1'), pods, input: policy });
          const objected =
            decision.kind === 'refuse'
              ? decision.because
                  .split('\n')
                  .slice(1)
                  .map((line) => line.split(': ')[0])
              : [];
          const departing = think({ pods, input: policy });
          const evicted =
            departing.kind === 'act' && departing.action.kind === 'evict' ? departing.action.pods.map(objectName) : [];
          const stays = pods.filter((pod) => filterStatus(pod, policy).kind === 'leave').map(objectName);
          const ending = pods
            .filter((pod) => filterStatus(pod, policy).kind === 'evict' && pod.terminating)
            .map(objectName);
          const accounted =
            objected.length > 0
              ? [...objected, ...pods.map(objectName).filter((name) => !objected.includes(name))]
              : [...stays, ...evicted, ...ending];
          expect(accounted).to.have.members(pods.map(objectName)).and.to.have.length(pods.length);
        }),
      );
    });

    it('nothing is evicted from a node that takes pods or has no upgrade record of this run', () => {
      const anyNode = fc.record({
        unschedulable: fc.boolean(),
        upgradeRecord: fc.constantFrom(undefined, aRecord(), aRecord({ run: 'other' })),
      });
      fc.assert(
        fc.property(anyNode, anyPods, fc.nat(4000), (about, pods, seconds) => {
          const decision = think({ node: aNode('w1', about), pods, seconds });
          const isCordonedByRun = about.unschedulable && about.upgradeRecord?.run === ME.uid;
          if (!isCordonedByRun && decision.kind === 'act') expect(decision.action.kind).to.equal('cordon');
        }),
      );
    });
  });
});
