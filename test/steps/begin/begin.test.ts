import { expect } from 'chai';
import type { BeginInput } from '../../../src/steps/begin/contract.ts';
import {
  announce,
  bareBefore,
  markInFlight,
  rememberAlerts,
  rememberPods,
  startOf,
  take,
  targetToAnnounce,
} from '../../../src/steps/begin/act.ts';
import { decide, type BeginResult } from '../../../src/steps/begin/decide.ts';
import { observe, type BeginFacts } from '../../../src/steps/begin/observe.ts';
import { reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { baselineOf } from '../../../src/signals/alert-check.ts';
import { formatKuredLock } from '../../../src/run/kured-lock.ts';
import { podsAtBegin } from '../../../src/upgrade/drain/pod-readiness.ts';
import type { LeaseRecord, RunId } from '../../../src/steps/ports/lease.ts';
import type { Maintenance } from '../../../src/run/maintenance-window.ts';
import { aControlPlane, aRecord, aNode, FROM, ME, OTHER, staticPodsAt, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeAlerts } from '../../support/fakes/alerts.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import type { Notice } from '../../../src/signals/notice.ts';
import { memoizedRun } from '../../../src/run/rerun.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';
import { FakeRehearsal } from '../../support/fakes/rehearsal.ts';

const MAINTENANCE: Maintenance = { timezone: 'UTC', windows: [], freezes: [] };
const FIT = { preflightVerdict: 'clear', preflightMessage: 'Fit for v1.34.10.' } as const;
const INPUT: BeginInput = { maintenance: MAINTENANCE, handoverSeconds: 120, target: TO, ...FIT };
const NOW = { nodes: [], killSwitch: undefined, nowMs: Date.UTC(2026, 10, 24, 1) };
const heldBy = (holder: RunId | undefined): LeaseRecord => ({ holder, renewedAtMs: 0, revision: '7' });
const other = (state: 'running' | 'ended' | 'gone', ...livePods: string[]): BeginFacts => ({
  ...NOW,
  lease: heldBy(OTHER),
  other: { state, livePods },
});

describe('begin thinks', () => {
  const TABLE: readonly [string, BeginFacts, number, string, string][] = [
    [
      'takes the first Lease ever',
      { ...NOW, lease: undefined, other: undefined },
      0,
      'act',
      'The Lease has no holder: taking it.',
    ],
    [
      'takes a Lease that was given back',
      { ...NOW, lease: heldBy(undefined), other: undefined },
      0,
      'act',
      'The Lease has no holder: taking it.',
    ],
    [
      'is done when the Lease is its own (a retry)',
      { ...NOW, lease: heldBy(ME), other: undefined },
      0,
      'done',
      'The Lease is held by this run, k8s-upgrade-nightly-2.',
    ],
    [
      'never takes it from a run that is at work',
      other('running'),
      9999,
      'refuse',
      'The Lease k8s-upgrade is held by k8s-upgrade-nightly-1 (uid-of-other-run), which is still running. Wait for it, or stop it: argo stop -n k8s-upgrade k8s-upgrade-nightly-1',
    ],
    [
      'waits for the last pods of a run that has ended',
      other('ended', 'p1', 'p2'),
      119,
      'wait',
      'k8s-upgrade-nightly-1 has ended. Waiting until its last pods are gone: p1, p2.',
    ],
    [
      'waits for the pods of a run that was deleted, too',
      other('gone', 'p1'),
      0,
      'wait',
      'k8s-upgrade-nightly-1 has ended. Waiting until its last pods are gone: p1.',
    ],
    [
      'takes over from a run that has ended',
      other('ended'),
      0,
      'act',
      'k8s-upgrade-nightly-1 (ended) kept the Lease: taking it over.',
    ],
    [
      'takes over from a run that is gone',
      other('gone'),
      0,
      'act',
      'k8s-upgrade-nightly-1 (gone) kept the Lease: taking it over.',
    ],
    [
      'does not wait for ever: such a pod meets the fence',
      other('ended', 'p1'),
      120,
      'act',
      'k8s-upgrade-nightly-1 (ended) kept the Lease: taking it over.',
    ],
  ];
  for (const [promise, facts, elapsed, kind, because] of TABLE)
    it(promise, () => {
      expect(decide(facts, ME, INPUT, elapsed)).to.include({ kind, because });
    });

  it('replaces exactly the record that it saw', () => {
    expect(decide(other('gone'), ME, INPUT, 0)).to.deep.include({ action: { take: heldBy(OTHER) } });
  });
});

describe('begin asks whether the time is right', () => {
  const free: BeginFacts = { ...NOW, lease: undefined, other: undefined };
  const FROZEN: BeginInput = {
    ...INPUT,
    maintenance: { ...MAINTENANCE, freezes: [{ from: '2026-11-20', to: '2026-11-30', reason: 'sales' }] },
  };
  const CLOSED: BeginInput = {
    ...INPUT,
    maintenance: { ...MAINTENANCE, windows: [{ days: ['tue'], start: '23:00', end: '06:00' }] },
  };
  const W1 = aNode('w1', { unschedulable: true, upgradeRecord: aRecord() });
  const begun = [aControlPlane('cp1', { kubelet: TO }), W1];
  const FROZEN_UNTIL = 'Frozen up to and including 2026-11-30 (sales): nodes may begin again Tue 2026-12-01 00:00 UTC.';
  const HALT =
    'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (not today): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch';
  const TABLE: readonly [string, BeginFacts, BeginInput, BeginResult | undefined][] = [
    [
      'halts by the kill switch, and says how to go on',
      { ...free, killSwitch: 'not today' },
      INPUT,
      { beginVerdict: 'halt', beginMessage: HALT },
    ],
    [
      'halts by a kill switch without a reason, too',
      { ...free, killSwitch: '' },
      INPUT,
      { beginVerdict: 'halt', beginMessage: HALT.replace(' (not today)', '') },
    ],
    [
      'halts though a node was begun',
      { ...free, killSwitch: '', nodes: begun },
      INPUT,
      { beginVerdict: 'halt', beginMessage: HALT.replace(' (not today)', '') },
    ],
    [
      'pauses in a freeze',
      free,
      FROZEN,
      {
        beginVerdict: 'pause',
        beginMessage: 'Frozen up to and including 2026-11-30 (sales): nodes may begin again Tue 2026-12-01 00:00 UTC.',
      },
    ],
    [
      'pauses outside the windows',
      free,
      CLOSED,
      {
        beginVerdict: 'pause',
        beginMessage: 'Outside the maintenance windows: the next one opens Tue 2026-11-24 23:00 UTC.',
      },
    ],
    [
      'pauses rather than refuse beside a run at work',
      other('running'),
      CLOSED,
      {
        beginVerdict: 'pause',
        beginMessage: 'Outside the maintenance windows: the next one opens Tue 2026-11-24 23:00 UTC.',
      },
    ],
    ['goes on at any time when a node was begun', { ...free, nodes: begun }, FROZEN, undefined],
    [
      'goes on at any time when a control-plane node was begun',
      { ...free, nodes: [aControlPlane('cp1', { upgradeRecord: aRecord() }), aNode('w1')] },
      FROZEN,
      undefined,
    ],
    [
      'does not go on for a worker whose control plane is not at the target',
      { ...free, nodes: [aControlPlane('cp1'), W1] },
      FROZEN,
      { beginVerdict: 'pause', beginMessage: FROZEN_UNTIL },
    ],
    [
      'does not go on for a worker whose upgrade record names another version',
      {
        ...free,
        nodes: [aControlPlane('cp1', { kubelet: TO }), aNode('w1', { upgradeRecord: aRecord({ to: FROM }) })],
      },
      FROZEN,
      { beginVerdict: 'pause', beginMessage: FROZEN_UNTIL },
    ],
    [
      'goes on where it had begun (a retry)',
      { ...free, lease: heldBy(ME) },
      FROZEN,
      { beginVerdict: 'go', beginMessage: 'The Lease is held by this run, k8s-upgrade-nightly-2.' },
    ],
  ];
  for (const [promise, facts, input, value] of TABLE)
    it(promise, () => {
      const decision = decide(facts, ME, input, 0);
      if (value === undefined) expect(decision.kind).to.equal('act');
      else expect(decision).to.deep.equal({ kind: 'done', value, because: value.beginMessage });
    });

  it('announces an upgrade only when it goes', () => {
    const announced = (beginVerdict: BeginResult['beginVerdict'], target: typeof TO | undefined = TO) =>
      targetToAnnounce({ beginVerdict, beginMessage: '' }, target);
    expect(announced('pause')).to.equal(undefined);
    expect(announced('halt')).to.equal(undefined);
    expect(announced('go')).to.equal(TO);
  });
});

describe('begin', () => {
  let [lease, runs, clock, said] = [new FakeLease(), new FakeRuns(), new FakeClock(), [] as string[]];
  let [cluster, kured] = [new FakeCluster(), FakeKured.none()];
  beforeEach(() => {
    [lease, runs, clock, said] = [new FakeLease(), new FakeRuns(), new FakeClock(), []];
    [cluster, kured] = [new FakeCluster(), FakeKured.none()];
  });
  const begin = (me: RunId): Promise<BeginResult> =>
    reconcile(
      {
        observe: () => observe({ cluster, leases: lease, runs, kured, clock }, me),
        decide: (facts, elapsed) => decide(facts, me, INPUT, elapsed),
        act: (action) => take(action, { leases: lease, kured, clock }, me),
      },
      clock,
      (line) => said.push(line),
    );
  const holder = async (): Promise<string | undefined> => (await lease.read())?.holder?.uid;

  it('takes the Lease and sees that it has it', async () => {
    await begin(ME);
    expect([await holder(), said]).to.deep.equal([
      ME.uid,
      ['The Lease has no holder: taking it.', 'The Lease is held by this run, k8s-upgrade-nightly-2.'],
    ]);
  });

  it('takes no Lease for a run that took over the finished steps of another', async () => {
    runs.memoize(ME);
    expect(await failureOf(begin(ME))).to.include({ exitCode: 77, message: memoizedRun(ME.name) });
    expect(await holder()).to.equal(undefined);
  });

  it('names the pods without a controller that the drains evict for good', async () => {
    cluster.addNode('w1');
    cluster.addNode('w2', { kubelet: TO });
    const rehearsal = new FakeRehearsal();
    const bare = { controlled: false };
    rehearsal.addPod('w1', 'debug', bare);
    rehearsal.addPod('w2', 'on-a-node-at-the-target', bare);
    rehearsal.addPod('w1', 'ended', { ...bare, phase: 'Succeeded' });
    rehearsal.addPod('w1', 'ending', { ...bare, terminating: true });
    rehearsal.addPod('w1', 'static', { ...bare, mirror: true });
    rehearsal.addPod('w1', 'web');
    const input = { target: TO, deleteUnmanagedPods: true, namespace: 'k8s-upgrade' };
    const found = await bareBefore(cluster, rehearsal, input);
    expect(found).to.deep.equal(['default/debug on w1']);
    const about = { clusterName: 'prod', runName: ME.name, namespace: 'k8s-upgrade', argoUiUrl: undefined, target: TO };
    expect(startOf(about, undefined, found).text.split('\n')[1]).to.equal(
      'Nothing recreates these pods once they are evicted: default/debug on w1. With drain.deleteUnmanagedPods: false, a node with such a pod is not drained.',
    );
    expect(startOf(about, undefined, []).text).not.to.include('recreates');
    expect(await bareBefore(cluster, rehearsal, { ...input, deleteUnmanagedPods: false })).to.deep.equal([]);
    rehearsal.forbidden.add('pods');
    expect(await bareBefore(cluster, rehearsal, input)).to.deep.equal([]);
  });

  it('says nothing where no upgrade begins: the Lease is all that is wanted', () => {
    expect(targetToAnnounce({ beginVerdict: 'go', beginMessage: '' }, undefined)).to.equal(undefined);
  });

  it('changes nothing the second time', async () => {
    await begin(ME);
    const before = await lease.read();
    await begin(ME);
    expect(await lease.read()).to.deep.equal(before);
  });

  it('waits for the pods of the run before, then takes over', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'ended');
    runs.addPod(OTHER, 'drain-1', true);
    clock.after(12, () => {
      runs.endPods(OTHER);
    });
    await begin(ME);
    expect([await holder(), clock.slept]).to.deep.equal([ME.uid, [5, 5, 5]]);
  });

  it('refuses beside a run at work, and leaves the Lease with it', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'running');
    expect(await failureOf(begin(ME))).to.include({ exitCode: 77 });
    expect(await holder()).to.equal(OTHER.uid);
  });

  it('gives way when another was faster between its look and its write', async () => {
    runs.set(OTHER, 'running');
    lease.beforeNextWrite = async () => lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(begin(ME))).to.include({ exitCode: 77 });
    expect(await holder()).to.equal(OTHER.uid);
  });

  it('touches nothing while the kill switch is set', async () => {
    cluster.killedBecause = 'not today';
    expect(await begin(ME)).to.include({ beginVerdict: 'halt' });
    expect([await lease.read(), cluster.writes]).to.deep.equal([undefined, []]);
  });

  it('takes over from its namesake of an earlier day', async () => {
    const earlier = { ...ME, uid: 'uid-of-its-namesake' };
    await lease.write(undefined, earlier, 0);
    runs.set(ME, 'running');
    await begin(ME);
    expect(await holder()).to.equal(ME.uid);
  });

  it('holds the lock of kured once the Lease is its own, and says so', async () => {
    kured = new FakeKured(2);
    expect(await begin(ME)).to.include({ beginVerdict: 'go' });
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 2));
    expect(said).to.deep.equal([
      'The Lease has no holder: taking it.',
      'Holding the lock of kured, so that it rolls no node.',
      'The Lease is held by this run, k8s-upgrade-nightly-2.',
    ]);
    await begin(ME);
    expect(said).to.have.length(4);
  });

  it('takes over the lock that a run left behind', async () => {
    kured = new FakeKured();
    kured.set(formatKuredLock(OTHER, clock.now(), 1));
    await begin(ME);
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 1));
    expect(said[1]).to.equal(
      'k8s-upgrade-nightly-1 left the lock of kured behind. Holding the lock of kured, so that it rolls no node.',
    );
  });

  it('pauses while kured rolls a node, and touches nothing', async () => {
    kured = new FakeKured();
    kured.set('{"nodeID":"w3","created":"2026-11-24T00:40:00Z","TTL":0}');
    const result = await begin(ME);
    expect(result.beginVerdict).to.equal('pause');
    expect(result.beginMessage).to.match(/^kured rolls w3 since 2026-11-24 00:40 UTC: it and an upgrade never/);
    expect([await lease.read(), kured.lock]).to.deep.equal([
      undefined,
      '{"nodeID":"w3","created":"2026-11-24T00:40:00Z","TTL":0}',
    ]);
  });

  it('pauses when kured was faster by the time it has the Lease', async () => {
    kured = new FakeKured();
    kured.beforeNextWrite = () => {
      kured.set('{"nodeID":"w3","created":"2026-11-24T00:40:00Z","TTL":0}');
    };
    expect(await begin(ME)).to.include({ beginVerdict: 'pause' });
    expect(kured.lock).to.include('w3');
  });

  it('pauses when kured rolled a node while preflight looked: nothing was judged then', () => {
    const input = { ...INPUT, preflightVerdict: 'pause', preflightMessage: 'kured rolls w3.' } as const;
    expect(decide({ ...NOW, lease: undefined, other: undefined }, ME, input, 0)).to.deep.equal({
      kind: 'done',
      value: { beginVerdict: 'pause', beginMessage: 'kured rolls w3.' },
      because: 'kured rolls w3.',
    });
  });

  it('marks the namespace with the run and its target, and takes away what stopped a run before', async () => {
    await cluster.writeRunMarks({ 'argo-kubeadm-upgrade.io/stopped': 'of a run before' });
    await markInFlight({ reads: cluster, writes: cluster, clock }, 'argo-kubeadm-upgrade.io/', ME, TO);
    expect(cluster.marks).to.deep.equal({
      'argo-kubeadm-upgrade.io/in-flight': 'k8s-upgrade-nightly-2',
      'argo-kubeadm-upgrade.io/started': String(clock.now() / 1000),
      'argo-kubeadm-upgrade.io/target': '1.34.10',
    });
  });
});

describe('begin remembers which alerts fire', () => {
  const PREFIX = 'argo-kubeadm-upgrade.io/';
  const scope = { severities: [], ignore: [], gateLabel: 'upgrade_gate' };
  let [cluster, alerts, said] = [new FakeCluster(), new FakeAlerts(), [] as string[]];
  beforeEach(() => {
    [cluster, alerts, said] = [new FakeCluster(), new FakeAlerts(), []];
    alerts.fire('DiskSlow', { severity: 'warning' });
    alerts.fire('Busy', { severity: 'info' });
  });
  const remember = (run: RunId = ME): Promise<void> =>
    rememberAlerts({ alerts, scope }, { reads: cluster, writes: cluster, log: (line) => said.push(line) }, PREFIX, run);
  const names = (run: RunId = ME) => baselineOf(cluster.marks, PREFIX, run.uid)?.map(({ name }) => name);

  it('those in scope, for this run', async () => {
    await remember();
    expect([names(), names(OTHER)]).to.deep.equal([['DiskSlow'], undefined]);
  });

  it('but not those that the upgrade explains: they count again once it no longer does', async () => {
    cluster.addNode('cp1', { controlPlane: true, kubelet: TO, staticPods: staticPodsAt(TO) });
    cluster.addNode('w1');
    alerts.fire('KubeVersionMismatch', { severity: 'warning' });
    await remember();
    expect(names()).to.deep.equal(['DiskSlow']);
  });

  it('once: a second begin of the same run has no say', async () => {
    await remember();
    alerts.fire('ShopDown', { severity: 'warning' });
    await remember();
    expect(names()).to.deep.equal(['DiskSlow']);
  });

  it('in place of those of an earlier run', async () => {
    await remember(OTHER);
    await remember();
    expect([names(), names(OTHER)]).to.deep.equal([['DiskSlow'], undefined]);
  });

  it('not at all without an answer, and says what follows', async () => {
    alerts.trouble = 'could not query Prometheus';
    await remember();
    expect([names(), said]).to.deep.equal([
      undefined,
      ['Which alerts fire as the run begins is not known, so every one counts as new: could not query Prometheus'],
    ]);
  });

  it('where somebody is asked at all', async () => {
    await rememberAlerts(
      { alerts: undefined, scope },
      { reads: cluster, writes: cluster, log: (line) => said.push(line) },
      PREFIX,
      ME,
    );
    expect([cluster.writes, said]).to.deep.equal([[], []]);
  });
});

describe('begin remembers how many pods are ready', () => {
  const PREFIX = 'argo-kubeadm-upgrade.io/';
  let [cluster, rehearsal, said] = [new FakeCluster(), new FakeRehearsal(), [] as string[]];
  beforeEach(() => {
    [cluster, rehearsal, said] = [new FakeCluster(), new FakeRehearsal(), []];
    rehearsal.addPod('w1', 'web-1');
    rehearsal.addPod('w1', 'web-2', { ready: false });
  });
  const remember = (run: RunId = ME): Promise<void> =>
    rememberPods(rehearsal, { reads: cluster, writes: cluster, log: (line) => said.push(line) }, PREFIX, run);
  const seen = (run: RunId = ME) => podsAtBegin(cluster.marks, PREFIX, run.uid);

  it('once for a run, in place of an earlier one', async () => {
    await remember(OTHER);
    await remember();
    rehearsal.addPod('w1', 'web-3');
    await remember();
    expect([seen(), seen(OTHER)]).to.deep.equal([{ ready: 1, all: 2 }, undefined]);
  });

  it('not at all when it cannot tell, and goes on', async () => {
    rehearsal.forbidden.add('pods');
    await remember();
    expect([seen(), said]).to.deep.equal([
      undefined,
      ['How many pods are ready as the run begins is not known: may not list pods: HTTP 403: forbidden'],
    ]);
  });
});

describe('begin announces an upgrade', () => {
  const PREFIX = 'argo-kubeadm-upgrade.io/';

  it('marks it, remembers what fires and what is ready, then tells the alert rules and people', async () => {
    const [cluster, alerts, gauges, clock] = [new FakeCluster(), new FakeAlerts(), new FakeGauges(), new FakeClock()];
    const notices: Notice[] = [];
    const order: string[] = [];
    const chat = {
      tell: async (notice: Notice): Promise<void> => {
        order.push(`${Object.keys(cluster.marks).length} marks, ${gauges.lines.length} gauges`);
        notices.push(notice);
      },
    };
    const alertSource = { alerts, scope: { severities: [], ignore: [], gateLabel: 'upgrade_gate' } };
    const clients = { cluster, fenced: cluster, rehearsal: new FakeRehearsal(), alertSource, gauges, chat, clock };
    await announce(
      { ...clients, log: () => undefined },
      {
        me: ME,
        annotationPrefix: PREFIX,
        target: TO,
        clusterName: 'prod',
        runName: ME.name,
        namespace: 'k8s-upgrade',
        argoUiUrl: undefined,
        deleteUnmanagedPods: true,
        leftBehind: OTHER.name,
      },
    );
    expect(Object.keys(cluster.marks).sort()).to.deep.equal(
      ['alert-baseline', 'in-flight', 'pods-at-begin', 'started', 'target'].map((mark) => `${PREFIX}${mark}`),
    );
    expect(order).to.deep.equal(['5 marks, 7 gauges']);
    // In flight from now on, without a snapshot.
    expect(gauges.lines).to.deep.equal([
      'k8s_upgrade_blocked 0',
      'k8s_upgrade_failed 0',
      'k8s_upgrade_held 0',
      'k8s_upgrade_in_flight 1',
      `k8s_upgrade_progress_timestamp ${clock.now() / 1000}`,
      'k8s_upgrade_snapshot_taken 0',
      `k8s_upgrade_started_timestamp ${clock.now() / 1000}`,
    ]);
    expect(notices.map(({ event, text }) => `${event}: ${text.split('\n')[1] ?? ''}`)).to.deep.equal([
      `started: It resumes the upgrade that ${OTHER.name} did not finish, and replaces the marks of that run.`,
    ]);
  });
});
