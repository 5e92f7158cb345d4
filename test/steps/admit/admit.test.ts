import { expect } from 'chai';
import fc from 'fast-check';
import { tellTheRest } from '../../../src/steps/admit/act.ts';
import { decide, type AdmitWish, type Admission } from '../../../src/steps/admit/decide.ts';
import { observe, type AdmitFacts } from '../../../src/steps/admit/observe.ts';
import { buildFence, fencedWrites } from '../../../src/steps/harness/fence.ts';
import { isToDo } from '../../../src/upgrade/node-order.ts';
import { haltedBecause, type RunStop } from '../../../src/upgrade/run-stop.ts';
import { aControlPlane, aLedger, aNode, anyCluster, FROM, ME, OTHER, TO, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const NOW = Date.UTC(2026, 10, 24, 1); // a Tuesday
const OPEN = { timezone: 'UTC', windows: [], freezes: [] };
const FROZEN = { ...OPEN, freezes: [{ from: '2026-11-24', to: '2026-11-24', reason: 'sales' }] };
const ENDING = { ...OPEN, windows: [{ days: ['mon' as const], start: '23:00', end: '01:30' }] };
const WISH: AdmitWish = { node: 'w1', target: TO, maintenance: OPEN, assumedNodeSeconds: 2700 };
const CP_DONE = aControlPlane('cp1', { kubelet: TO });
const W1 = aNode('w1');
const BEGUN = aNode('w1', { unschedulable: true, ledger: aLedger({ run: OTHER.uid }) });
const FACTS: AdmitFacts = { nodes: [CP_DONE, W1], stop: undefined, killSwitch: undefined, nowMs: NOW };
const PAUSE: RunStop = { run: ME.uid, verdict: 'pause', because: 'cp2 usually takes 40 min, and …' };
const HALT: RunStop = { run: ME.uid, verdict: 'halt', because: haltedBecause('before') };
const took = (seconds: number) => ({ lastUpgrade: { run: 'r', from: FROM, to: TO, finishedAtMs: 0, seconds } });

describe('admit', () => {
  const FINISHED = 'w1 was begun earlier: it is finished, whatever the maintenance window says.';
  const TABLE: readonly [string, Partial<AdmitFacts>, Partial<AdmitWish>, Admission['verdict'], string][] = [
    ['lets a node begin', {}, {}, 'go', 'w1 may begin.'],
    ['skips a node that is gone', { nodes: [CP_DONE] }, {}, 'skip', 'There is no node w1 any more.'],
    [
      'skips a node that is done meanwhile',
      { nodes: [CP_DONE, aNode('w1', { kubelet: TO })] },
      {},
      'skip',
      'w1 needs nothing: it is at v1.34.10 or ahead of it.',
    ],
    [
      'skips a node that is ahead',
      { nodes: [CP_DONE, aNode('w1', { kubelet: v('1.34.11') })] },
      {},
      'skip',
      'w1 needs nothing: it is at v1.34.10 or ahead of it.',
    ],
    ['halts by the kill switch', { killSwitch: 'not today' }, {}, 'halt', haltedBecause('not today')],
    [
      'halts by it though the node was begun',
      { killSwitch: '', nodes: [CP_DONE, BEGUN] },
      {},
      'halt',
      haltedBecause(''),
    ],
    ['stays halted though the switch is gone by now', { stop: HALT }, {}, 'halt', HALT.because],
    ['stays halted though the node was begun', { stop: HALT, nodes: [CP_DONE, BEGUN] }, {}, 'halt', HALT.because],
    [
      'pauses in a freeze',
      {},
      { maintenance: FROZEN },
      'pause',
      'Frozen up to and including 2026-11-24 (sales): nodes may begin again Wed 2026-11-25 00:00 UTC.',
    ],
    [
      'pauses outside the windows',
      { nowMs: NOW + 3_600_000 },
      { maintenance: ENDING },
      'pause',
      'Outside the maintenance windows: the next one opens Mon 2026-11-30 23:00 UTC.',
    ],
    [
      'pauses when the node would not be done before the window closes',
      {},
      { maintenance: ENDING },
      'pause',
      'w1 is assumed to take 45 min, and the maintenance window closes in 30 min, Tue 2026-11-24 01:30 UTC. The next one opens Mon 2026-11-30 23:00 UTC.',
    ],
    [
      'goes by what nodes of its kind took, not by those of the other',
      { nodes: [aControlPlane('cp1', { kubelet: TO, ...took(7000) }), W1, aNode('w2', took(1800))] },
      { maintenance: ENDING },
      'go',
      'w1 may begin.',
    ],
    [
      'pauses by what they took',
      { nodes: [CP_DONE, W1, aNode('w2', took(1801))] },
      { maintenance: ENDING },
      'pause',
      'w1 usually takes 30 min, and the maintenance window closes in 30 min, Tue 2026-11-24 01:30 UTC. The next one opens Mon 2026-11-30 23:00 UTC.',
    ],
    [
      'pauses once another node had to, however quick this one is: workers do not pass their control plane',
      { stop: PAUSE, nodes: [CP_DONE, aNode('w1', took(1))] },
      {},
      'pause',
      PAUSE.because,
    ],
    [
      'finishes a node that was begun, in a freeze',
      { nodes: [CP_DONE, BEGUN] },
      { maintenance: FROZEN },
      'go',
      FINISHED,
    ],
    ['finishes it after another had to pause', { nodes: [CP_DONE, BEGUN], stop: PAUSE }, {}, 'go', FINISHED],
    [
      'but not before its control plane, which had to',
      { nodes: [aControlPlane('cp1'), BEGUN], stop: PAUSE },
      {},
      'pause',
      PAUSE.because,
    ],
    [
      'finishes a control-plane node that was begun',
      { nodes: [aControlPlane('cp1', { unschedulable: true, ledger: aLedger() }), W1], stop: PAUSE },
      { node: 'cp1' },
      'go',
      FINISHED.replace('w1', 'cp1'),
    ],
  ];
  for (const [promise, facts, wish, verdict, because] of TABLE)
    it(promise, () => {
      expect(decide({ ...FACTS, ...facts }, { ...WISH, ...wish })).to.deep.equal({ verdict, because });
    });

  it('law: nothing goes that has nothing to do, nothing goes while the switch is set or after a halt', () => {
    const anyStop = fc.option(fc.constantFrom(PAUSE, HALT), { nil: undefined });
    const anySwitch = fc.option(fc.constantFrom('', 'x'), { nil: undefined });
    const anyMaintenance = fc.constantFrom(OPEN, FROZEN, ENDING);
    fc.assert(
      fc.property(anyCluster, anyStop, anySwitch, anyMaintenance, (nodes, stop, killSwitch, maintenance) => {
        for (const node of nodes) {
          const wish = { ...WISH, node: node.name, maintenance };
          const { verdict } = decide({ nodes, stop, killSwitch, nowMs: NOW }, wish);
          if (!isToDo(node, TO)) expect(verdict).to.equal('skip');
          else if (killSwitch !== undefined || stop?.verdict === 'halt') expect(verdict).to.equal('halt');
          else if (stop !== undefined && node.ledger === undefined) expect(verdict).to.equal('pause');
        }
      }),
    );
  });
});

describe('admit, in a run', () => {
  const CONTEXT = { runUid: ME.uid, annotationPrefix: 'argo-kubeadm-upgrade.io/' };
  let [cluster, lease, clock] = [new FakeCluster(), new FakeLease(), new FakeClock()];
  beforeEach(async () => {
    [cluster, lease, clock] = [new FakeCluster(), new FakeLease(), new FakeClock()];
    await lease.write(undefined, ME, 0);
    cluster.addNode('cp1', { ...CP_DONE });
    cluster.addNode('w1');
    cluster.addNode('w2');
  });
  const admit = async (wish: Partial<AdmitWish> = {}): Promise<Admission> => {
    const admission = decide(await observe(cluster, clock, CONTEXT), { ...WISH, ...wish });
    await tellTheRest(admission, fencedWrites(cluster, buildFence(lease, ME)), CONTEXT);
    return admission;
  };

  it('writes nothing when it says go or skip', async () => {
    await admit();
    await admit({ node: 'w9' });
    expect(cluster.writes).to.deep.equal([]);
  });

  it('tells what it said to the nodes after it, of this run alone', async () => {
    const first = await admit({ maintenance: FROZEN });
    expect(await admit({ node: 'w2' })).to.deep.equal(first);
    const [mine, other] = [ME.uid, OTHER.uid].map((runUid) => ({ ...CONTEXT, runUid }));
    expect((await observe(cluster, clock, mine ?? CONTEXT)).stop).to.include({ verdict: 'pause' });
    expect((await observe(cluster, clock, other ?? CONTEXT)).stop).to.equal(undefined);
  });

  it('says the same the second time', async () => {
    cluster.killedBecause = 'not today';
    const first = await admit();
    cluster.killedBecause = undefined;
    expect(await admit()).to.deep.equal(first);
  });

  it('does not speak for a run that has lost the Lease', async () => {
    await lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(admit({ maintenance: FROZEN }))).to.include({ exitCode: 77 });
    expect(cluster.writes).to.deep.equal([]);
  });
});
