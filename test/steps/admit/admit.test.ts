import { expect } from 'chai';
import type { AdmitInput } from '../../../src/steps/admit/contract.ts';
import fc from 'fast-check';
import { recordStop } from '../../../src/steps/admit/act.ts';
import { decide, decideWatching, type Admission } from '../../../src/steps/admit/decide.ts';
import { observe, watch, type AdmitFacts, type WatchedFacts } from '../../../src/steps/admit/observe.ts';
import { buildFence, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { holdKured, type HoldLock } from '../../../src/steps/guards/kured.ts';
import { nothing, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { baselineAnnotation, formatBaseline, type AlertCheck } from '../../../src/signals/alert-check.ts';
import { formatKuredLock } from '../../../src/run/kured-lock.ts';
import { needsUpgrade } from '../../../src/upgrade/node/order.ts';
import { haltedBecause, runStopOf, type RunStop } from '../../../src/run/stop.ts';
import { aControlPlane, aRecord, aNode, anyCluster, FROM, ME, OTHER, TO, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeAlerts } from '../../support/fakes/alerts.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';

const NOW = Date.UTC(2026, 10, 24, 1); // a Tuesday
const OPEN = { timezone: 'UTC', windows: [], freezes: [] };
const FROZEN = { ...OPEN, freezes: [{ from: '2026-11-24', to: '2026-11-24', reason: 'sales' }] };
const ENDING = { ...OPEN, windows: [{ days: ['mon' as const], start: '23:00', end: '01:30' }] };
const INPUT: AdmitInput = { node: 'w1', target: TO, direction: 'forward', maintenance: OPEN, assumedNodeSeconds: 2700 };
const CP_DONE = aControlPlane('cp1', { kubelet: TO });
const W1 = aNode('w1');
const BEGUN = aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ run: OTHER.uid }) });
const FACTS: AdmitFacts = { nodes: [CP_DONE, W1], stop: undefined, killSwitch: undefined, failed: false, nowMs: NOW };
const PAUSE: RunStop = { run: ME.uid, verdict: 'pause', because: 'cp2 usually takes 40 min, and …' };
const HALT: RunStop = { run: ME.uid, verdict: 'halt', because: haltedBecause('before') };
const took = (seconds: number) => ({ lastUpgrade: { run: 'r', from: FROM, to: TO, finishedAtMs: 0, seconds } });

describe('admit', () => {
  const FINISHED = 'w1 was begun earlier, so it is finished also outside the maintenance window.';
  const TABLE: [string, Partial<AdmitFacts>, Partial<AdmitInput>, Admission['verdict'], string][] = [
    ['lets a node begin', {}, {}, 'go', 'w1 may begin.'],
    ['skips a node that is gone', { nodes: [CP_DONE] }, {}, 'skip', 'There is no node w1 any more.'],
    [
      'skips a node that is done meanwhile',
      { nodes: [CP_DONE, aNode('w1', { kubelet: TO })] },
      {},
      'skip',
      'w1 needs no change: it is at v1.34.10 or ahead of it.',
    ],
    [
      'skips a node that is ahead',
      { nodes: [CP_DONE, aNode('w1', { kubelet: v('1.34.11') })] },
      {},
      'skip',
      'w1 needs no change: it is at v1.34.10 or ahead of it.',
    ],
    [
      'skips every other node once something of the run has failed, also one that was begun',
      { failed: true, nodes: [CP_DONE, BEGUN] },
      {},
      'skip',
      'A step of this run failed, so w1 is not begun.',
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
      {
        nodes: [
          aControlPlane('cp1', { kubelet: TO, ...took(7000) }),
          ...[W1, aNode('w2', took(1800)), aNode('w3', took(1800)), aNode('w4', took(604_800))],
        ],
      },
      { maintenance: ENDING },
      'go',
      'w1 may begin.',
    ],
    [
      'goes by the median of what at least three other workers took',
      { nodes: [CP_DONE, W1, aNode('w2', took(1801)), aNode('w3', took(60)), aNode('w4', took(604_800))] },
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
      'but not with an upgrade record to another version than the target',
      { nodes: [CP_DONE, aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ to: FROM }) })] },
      { maintenance: FROZEN },
      'pause',
      'Frozen up to and including 2026-11-24 (sales): nodes may begin again Wed 2026-11-25 00:00 UTC.',
    ],
    [
      'finishes a control-plane node that was begun',
      { nodes: [aControlPlane('cp1', { unschedulable: true, upgradeRecord: aRecord() }), W1], stop: PAUSE },
      { node: 'cp1' },
      'go',
      FINISHED.replace('w1', 'cp1'),
    ],
  ];
  const BACK = { direction: 'back' as const, target: FROM };
  TABLE.push(
    ['lets a worker go back', { nodes: [CP_DONE, aNode('w1', { kubelet: TO })] }, BACK, 'go', 'w1 may begin.'],
    ['skips one that is back', {}, BACK, 'skip', 'w1 needs no change: it is at v1.34.9 or behind it.'],
  );
  for (const [promise, facts, input, verdict, because] of TABLE)
    it(promise, () => {
      expect(decide({ ...FACTS, ...facts }, { ...INPUT, ...input })).to.deep.equal({ verdict, because });
    });

  it('law: nothing goes that has nothing to do or after a failure, nothing goes while the switch is set or after a halt', () => {
    const anyStop = fc.option(fc.constantFrom(PAUSE, HALT), { nil: undefined });
    const anySwitch = fc.option(fc.constantFrom('', 'x'), { nil: undefined });
    const anyMaintenance = fc.constantFrom(OPEN, FROZEN, ENDING);
    fc.assert(
      fc.property(
        anyCluster,
        anyStop,
        anySwitch,
        anyMaintenance,
        fc.boolean(),
        (nodes, stop, killSwitch, maintenance, failed) => {
          for (const node of nodes) {
            const input = { ...INPUT, node: node.name, maintenance };
            const { verdict } = decide({ nodes, stop, killSwitch, failed, nowMs: NOW }, input);
            if (!needsUpgrade(node, TO) || failed) expect(verdict).to.equal('skip');
            else if (killSwitch !== undefined || stop?.verdict === 'halt') expect(verdict).to.equal('halt');
            else if (stop !== undefined && node.upgradeRecord === undefined) expect(verdict).to.equal('pause');
          }
        },
      ),
    );
  });
});

describe('admit, in a run', () => {
  const CONTEXT = { runUid: ME.uid, runName: ME.name, annotationPrefix: 'argo-kubeadm-upgrade.io/' };
  let [cluster, lease, clock, runs] = [new FakeCluster(), new FakeLease(), new FakeClock(), new FakeRuns()];
  beforeEach(async () => {
    [cluster, lease, clock, runs] = [new FakeCluster(), new FakeLease(), new FakeClock(), new FakeRuns()];
    await lease.write(undefined, ME, 0);
    cluster.addNode('cp1', { ...CP_DONE });
    cluster.addNode('w1');
    cluster.addNode('w2');
  });
  const admit = async (input: Partial<AdmitInput> = {}): Promise<Admission> => {
    const admission = decide(await observe({ cluster, runs, clock }, CONTEXT), { ...INPUT, ...input });
    await recordStop(admission, fencedWrites(cluster, buildFence(lease, ME)), { ...CONTEXT, ...INPUT, ...input });
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
    expect((await observe({ cluster, runs, clock }, mine ?? CONTEXT)).stop).to.include({ verdict: 'pause' });
    expect((await observe({ cluster, runs, clock }, other ?? CONTEXT)).stop).to.equal(undefined);
  });

  it('pauses a worker by the duration that it claims itself, and asks the workers after it', async () => {
    cluster.alterNode('w1', took(2 * 3600));
    for (const name of ['w2', 'w3', 'w4', 'w5']) {
      if (name !== 'w2') cluster.addNode(name);
      cluster.alterNode(name, took(600));
    }
    const long = { days: ['mon' as const], start: '23:00', end: '01:30' };
    const input = { maintenance: { ...OPEN, windows: [long] } };
    expect(await admit(input)).to.deep.equal({
      verdict: 'pause',
      because:
        'w1 usually takes 120 min, and the maintenance window closes in 30 min, Tue 2026-11-24 01:30 UTC. The next one opens Mon 2026-11-30 23:00 UTC.',
      alone: true,
    });
    expect(await admit({ ...input, node: 'w2' })).to.deep.equal({ verdict: 'go', because: 'w2 may begin.' });
    const { annotationPrefix, runUid } = CONTEXT;
    expect(runStopOf(cluster.marks, annotationPrefix, runUid)).to.include({ verdict: 'pause', node: 'w1' });
  });

  it('lets nobody begin after a failure, whatever Argo lets through', async () => {
    runs.fail(ME);
    expect(await admit({ node: 'w2' })).to.include({ verdict: 'skip' });
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

describe('admit, while alerts fire', () => {
  const input = {
    ...{ ...INPUT, runUid: ME.uid, requestedTarget: undefined, only: [] },
    ...{ alertWaitSeconds: 1800, kuredWaitSeconds: 900 },
  };
  const firing = (...names: string[]): AlertCheck => ({
    kind: 'firing',
    alerts: names.map((name) => ({ name, labels: { alertname: name, severity: 'warning' } })),
  });
  const silent: AlertCheck = { kind: 'unknown', reason: 'could not query Prometheus http://p:9090' };
  const think = (alertCheck: AlertCheck, elapsed = 0, facts: Partial<AdmitFacts> = {}) =>
    decideWatching({ ...FACTS, ...facts, alertCheck }, input, elapsed);

  for (const check of [{ kind: 'off' }, { kind: 'quiet' }] as const)
    it(`lets a node begin when it is ${check.kind}`, () => {
      expect(think(check)).to.deep.equal({
        kind: 'done',
        value: { verdict: 'go', because: 'w1 may begin.' },
        because: 'go: w1 may begin.',
      });
    });

  it('waits for new ones to clear, and names them', () => {
    expect(think(firing('ShopDown', 'DiskSlow'), 1799)).to.deep.equal({
      kind: 'wait',
      seconds: 15,
      because:
        'w1 waits for up to 1800 s: alerts fire that are new in this run: ShopDown{severity="warning"}; DiskSlow{severity="warning"}.',
    });
  });

  it('then refuses, before the node is touched', () => {
    expect(think(firing('ShopDown'), 1800)).to.deep.equal({
      kind: 'refuse',
      because:
        'w1 was not begun: waited 1800 s, and alerts fire that are new in this run: ShopDown{severity="warning"}. This run has not touched it. Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades.',
    });
  });

  it('waits for an answer as long, and says what was asked', () => {
    expect(think(silent)).to.include({
      because: 'w1 waits for up to 1800 s: nobody says which alerts fire: could not query Prometheus http://p:9090.',
    });
    expect(think(silent, 1800)).to.deep.equal({
      kind: 'refuse',
      because:
        'w1 was not begun: waited 1800 s, and nobody says which alerts fire: could not query Prometheus http://p:9090. This run has not touched it. Fix the named cause, or set monitoring.alerts.source: off.',
    });
  });

  it('counts what it cannot name', () => {
    const many = Array.from({ length: 25 }, (_, index) => `A${index}`);
    expect(think(firing(...many)).because).to.match(/; A9\{severity="warning"\}; and 15 more\.$/);
  });

  it('refuses at once in a run whose finished steps are run again', () => {
    const begun = aNode('w1', { unschedulable: true, upgradeRecord: aRecord() });
    const decision = think({ kind: 'quiet' }, 0, { nodes: [CP_DONE, begun] });
    expect(decision.kind).to.equal('refuse');
    expect(decision.because).to.match(/^w1 was already begun by this run\. So this run repeats steps/);
  });

  it('does not make those wait that do not begin', () => {
    expect(think(firing('ShopDown'), 0, { killSwitch: 'not today' })).to.include({ kind: 'done' });
    expect(think(firing('ShopDown'), 0, { stop: PAUSE })).to.include({ kind: 'done' });
  });

  describe('in a run', () => {
    const CONTEXT = { runUid: ME.uid, runName: ME.name, annotationPrefix: 'argo-kubeadm-upgrade.io/' };
    let [cluster, clock, alerts, said] = [new FakeCluster(), new FakeClock(), new FakeAlerts(), [] as string[]];
    beforeEach(() => {
      [cluster, clock, alerts, said] = [new FakeCluster(), new FakeClock(), new FakeAlerts(), []];
      cluster.addNode('cp1', { ...CP_DONE });
      cluster.addNode('w1');
    });
    const runs = new FakeRuns();
    const run = (): Promise<Admission> => {
      const source = { alerts, scope: { severities: [], ignore: [], gateLabel: 'upgrade_gate' } };
      const loop = {
        observe: () => watch({ cluster, runs, clock, source, kured: FakeKured.none() }, CONTEXT),
        decide: (facts: WatchedFacts, elapsed: number) => decideWatching(facts, input, elapsed),
        act: nothing,
      };
      return reconcile(loop, clock, (line) => said.push(line));
    };

    it('begins once an answer comes: Prometheus may have been drained by us', async () => {
      alerts.trouble = 'could not query Prometheus';
      clock.after(600, () => {
        alerts.trouble = undefined;
      });
      expect(await run()).to.include({ verdict: 'go' });
      expect(said).to.deep.equal([
        'w1 waits for up to 1800 s: nobody says which alerts fire: could not query Prometheus.',
        'go: w1 may begin.',
      ]);
    });

    it('lets pass what fired when the run began, and nothing of a baseline of another run', async () => {
      alerts.fire('DiskSlow', { severity: 'warning' });
      const baseline = [{ name: 'DiskSlow', labels: { alertname: 'DiskSlow', severity: 'warning' } }];
      const annotation = baselineAnnotation(CONTEXT.annotationPrefix);
      await cluster.writeRunMarks({ [annotation]: formatBaseline(OTHER.uid, baseline) });
      expect(await failureOf(run())).to.include({ exitCode: 77 });
      await cluster.writeRunMarks({ [annotation]: formatBaseline(ME.uid, baseline) });
      expect(await run()).to.include({ verdict: 'go' });
    });

    it('lets KubeVersionMismatch pass while the control plane has moved and the node has not, and says why', async () => {
      alerts.fire('KubeVersionMismatch', { cluster: '', severity: 'warning' });
      expect(await run()).to.include({ verdict: 'go' });
      expect(said).to.deep.equal([
        'go: w1 may begin. Alerts passed: KubeVersionMismatch, because cp1 is at 1.34.10 and w1 at 1.34.9.',
      ]);
    });

    it('waits for an alert about a node that nobody works on', async () => {
      alerts.fire('KubeNodeNotReady', { node: 'w2', severity: 'warning' });
      expect(await failureOf(run())).to.include({ exitCode: 77 });
    });

    it('is halted by the kill switch while it waits', async () => {
      alerts.fire('DiskSlow', { severity: 'warning' });
      clock.after(100, () => {
        cluster.killedBecause = 'enough';
      });
      expect(await run()).to.include({ verdict: 'halt' });
    });
  });
});

describe('admit, beside kured', () => {
  const CONTEXT = { runUid: ME.uid, runName: ME.name, annotationPrefix: 'argo-kubeadm-upgrade.io/' };
  const input = {
    ...{ ...INPUT, runUid: ME.uid, requestedTarget: undefined, only: [] },
    ...{ alertWaitSeconds: 1800, kuredWaitSeconds: 900 },
  };
  const ROLLING = '{"nodeID":"w3","created":"2026-11-24T00:40:00Z","TTL":0}';
  const source = { alerts: undefined, scope: { severities: [], ignore: [], gateLabel: 'upgrade_gate' } };
  let [cluster, clock, kured, said] = [new FakeCluster(), new FakeClock(), new FakeKured(), [] as string[]];
  beforeEach(() => {
    [cluster, clock, kured, said] = [new FakeCluster(), new FakeClock(), new FakeKured(), []];
    cluster.addNode('cp1', { ...CP_DONE });
    cluster.addNode('w1');
  });
  const run = (): Promise<Admission> =>
    reconcile(
      {
        observe: () => watch({ cluster, runs: new FakeRuns(), clock, source, kured }, CONTEXT),
        decide: (facts: WatchedFacts, elapsed: number) => decideWatching(facts, input, elapsed),
        act: (action: HoldLock) => holdKured(action, kured, ME, clock),
      },
      clock,
      (line) => said.push(line),
    );

  it('begins under the lock that the run holds, and renews it only when it is old', async () => {
    const held = formatKuredLock(ME, clock.now(), 1);
    kured.set(held);
    expect(await run()).to.include({ verdict: 'go' });
    expect(kured.lock).to.equal(held);
    clock.pass(3600);
    expect(await run()).to.include({ verdict: 'go' });
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 1));
  });

  it('takes the lock again where it was lost', async () => {
    expect(await run()).to.include({ verdict: 'go' });
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 1));
    expect(said).to.deep.equal(['Holding the lock of kured, so that it rolls no node.', 'go: w1 may begin.']);
  });

  it('waits until kured gives it back, and then holds it', async () => {
    kured.set(ROLLING);
    clock.after(300, () => {
      kured.set(undefined);
    });
    expect(await run()).to.include({ verdict: 'go' });
    expect(said[0]).to.match(/^w1 waits for up to 900 s: kured rolls w3 since 2026-11-24 00:40 UTC: /);
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 1));
  });

  it('pauses when that takes too long: no failure, and the node is untouched', async () => {
    kured.set(ROLLING);
    const { verdict, because } = await run();
    expect(verdict).to.equal('pause');
    expect(because).to.match(/^w1 was left as it is: waited 900 s, and kured rolls w3 since 2026-11-24 00:40 UTC: /);
    expect(kured.lock).to.equal(ROLLING);
  });

  it('does not ask for a node that does not begin', async () => {
    kured.set(ROLLING);
    cluster.killedBecause = 'enough';
    expect(await run()).to.include({ verdict: 'halt' });
  });
});
