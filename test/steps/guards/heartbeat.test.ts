import { expect } from 'chai';
import type { Fence } from '../../../src/steps/guards/fence.ts';
import { beatingClock } from '../../../src/steps/guards/heartbeat.ts';
import { nothing } from '../../../src/steps/runtime/reconcile.ts';
import { refused, tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { ME, OTHER } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';
const CONTEXT = { runName: ME.name, annotationPrefix: PREFIX };

describe('the heartbeat', () => {
  let [clock, cluster, gauges, said] = [new FakeClock(), new FakeCluster(), new FakeGauges(), [] as string[]];
  let ending = new AbortController();
  let pushes = 0;
  let fence: Fence = nothing;
  beforeEach(async () => {
    [clock, cluster, gauges, said] = [new FakeClock(), new FakeCluster(), new FakeGauges(), []];
    ending = new AbortController();
    [pushes, fence] = [0, nothing];
    const push = gauges.upgrade.bind(gauges);
    gauges.upgrade = async (values) => {
      pushes += 1;
      await push(values);
    };
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: ME.name, [`${PREFIX}started`]: '1764000000' });
  });
  const beating = (known = {}) =>
    beatingClock(
      { clock, cluster, gauges, fence: () => fence() },
      CONTEXT,
      { log: (line) => said.push(line), signal: ending.signal },
      known,
    );
  const all = (snapshot: 0 | 1) => [
    'k8s_upgrade_blocked 0',
    'k8s_upgrade_failed 0',
    'k8s_upgrade_held 0',
    'k8s_upgrade_in_flight 1',
    `k8s_upgrade_progress_timestamp ${clock.now() / 1000}`,
    `k8s_upgrade_snapshot_taken ${snapshot}`,
    'k8s_upgrade_started_timestamp 1764000000',
  ];

  it('says all gauges of the run at once, from what the cluster keeps', async () => {
    await beating();
    expect(gauges.lines).to.deep.equal(all(0));
    await cluster.writeRunMarks({ [`${PREFIX}snapshot-path`]: '/backup/etcd.db' });
    await beating();
    expect(gauges.lines).to.deep.equal(all(1));
  });

  it('lets the step know better: a snapshot of an earlier run is none of this one', async () => {
    await cluster.writeRunMarks({ [`${PREFIX}snapshot-path`]: '/backup/etcd.db' });
    await beating({ snapshotTaken: false });
    expect(gauges.lines).to.deep.equal(all(0));
  });

  it('says them about every minute while the step waits, and asks the cluster once', async () => {
    let asked = 0;
    const look = cluster.runMarks.bind(cluster);
    cluster.runMarks = () => ((asked += 1), look());
    const beat = await beating();
    for (let waited = 0; waited < 300; waited += 3) await beat.sleep(3);
    expect([pushes, asked]).to.deep.equal([5, 1]);
  });

  it('brings back what a Pushgateway forgot', async () => {
    const beat = await beating();
    gauges.forget();
    await beat.sleep(60);
    const saidAt = all(0);
    await beat.sleep(1);
    expect(gauges.lines).to.deep.equal(saidAt);
  });

  it('sleeps as long as it was told, and tells the same time', async () => {
    const beat = await beating();
    await beat.sleep(7);
    expect([clock.slept, beat.now()]).to.deep.equal([[7], clock.now()]);
  });

  it('says nothing of a run that is not in flight', async () => {
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: OTHER.name });
    await (await beating()).sleep(120);
    expect(pushes).to.equal(0);
  });

  it('says nothing more once the step is told to end: the exit handler may have spoken', async () => {
    const beat = await beating();
    ending.abort();
    await beat.sleep(120);
    await beat.sleep(120);
    expect(pushes).to.equal(1);
  });

  it('says nothing more once another run holds the Lease: the step has outlived its own', async () => {
    const beat = await beating();
    fence = () => Promise.reject(refused('This run does not hold the Lease k8s-upgrade.'));
    for (let minutes = 0; minutes < 3; minutes++) await beat.sleep(61);
    expect([pushes, said]).to.deep.equal([1, []]);
  });

  it('goes on while nobody says who holds the Lease: the only API server is being upgraded', async () => {
    const beat = await beating();
    fence = () => Promise.reject(tryAgain('could not get lease'));
    for (let minutes = 0; minutes < 3; minutes++) await beat.sleep(61);
    expect(pushes).to.equal(3);
  });

  it('does not hide a bug', async () => {
    const beat = await beating();
    fence = () => Promise.reject(new TypeError('x is not a function'));
    await clock.sleep(61);
    expect(await beat.sleep(1).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });

  it('fails no step when the cluster does not say', async () => {
    cluster.runMarks = () => Promise.reject(refused('may not get the namespace'));
    await (await beating()).sleep(60);
    expect([pushes, said]).to.deep.equal([0, ['The gauges are not pushed by this step: may not get the namespace']]);
  });
});
