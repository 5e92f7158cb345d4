import { expect } from 'chai';
import { buildFence, fencedRemote, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { fencedDeployments, quiescedOf } from '../../../src/steps/guards/quiesce.ts';
import { permitted } from '../../../src/steps/runtime/step-error.ts';
import { carryOut } from '../../../src/steps/reset/act.ts';
import { decide } from '../../../src/steps/reset/decide.ts';
import { observe } from '../../../src/steps/reset/observe.ts';
import { gaugesAtBegin } from '../../../src/signals/gauges.ts';
import { aRecord, ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeLease } from '../../support/fakes/lease.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';
const theirs = aRecord({ run: OTHER.uid });
const GAUGES = 'The gauges show that no upgrade is in flight and that none has failed.';
const UNIT = 'argo-kubeadm-upgrade-v1.34.10-1';

describe('reset', () => {
  let [cluster, deployments, remote] = [new FakeCluster(), new FakeDeployments(), new FakeRemote()];
  let [gauges, clock, lease] = [new FakeGauges(), new FakeClock(), new FakeLease()];
  beforeEach(async () => {
    [cluster, deployments, remote] = [new FakeCluster(), new FakeDeployments(), new FakeRemote()];
    [gauges, clock, lease] = [new FakeGauges(), new FakeClock(), new FakeLease()];
    await lease.write(undefined, ME, 0);
    remote.whenScript('See what is at work', { stdout: 'looked\n' }).whenScript('# Hold the packages', {});
  });
  const run = async (evenUnseen = false): Promise<string> => {
    const fence = buildFence(lease, ME);
    const quiesced = quiescedOf(['rook/operator'], fencedDeployments(deployments, fence), () => undefined);
    const plan = permitted(decide(await observe({ cluster, quiesced, remote }, PREFIX), { evenUnseen }));
    const writers = {
      ...{ reads: cluster, writes: fencedWrites(cluster, fence), quiesced },
      remote: fencedRemote(remote, fence),
      ...{ gauges, clock },
    };
    return carryOut(plan, writers, PREFIX);
  };

  it('finds nothing where nothing was left, and says so to the gauges too', async () => {
    cluster.addNode('w1', { unschedulable: true });
    await gauges.upgrade(gaugesAtBegin(5000));
    expect(await run()).to.equal(`Nothing was left in flight.\n${GAUGES}`);
    expect(await cluster.node('w1')).to.include({ unschedulable: true });
    expect(remote.ran).to.deep.equal([]);
    expect(gauges.lines.filter((line) => !line.endsWith(' 0'))).to.deep.equal([
      `k8s_upgrade_progress_timestamp ${Math.floor(clock.now() / 1000)}`,
    ]);
  });

  it('logs in with the machine ID of the Node, without which a log-in is refused', async () => {
    cluster.addNode('w3', { machineId: 'abc', unschedulable: true, upgradeRecord: { ...theirs, phase: 'upgrading' } });
    const [hosts, answer] = [[] as unknown[], remote.run.bind(remote)];
    remote.run = (host, command) => {
      hosts.push(host.machineId);
      return answer(host, command);
    };
    await run();
    expect(hosts).to.deep.equal(['abc', 'abc']);
  });

  it('clears upgrade records, our cordons, marks and Deployments at 0, and names each', async () => {
    cluster.addNode('w1', { unschedulable: true, upgradeRecord: theirs });
    cluster.addNode('w2', { unschedulable: true, upgradeRecord: { ...theirs, cordonedByUs: false } });
    cluster.addNode('w3', { unschedulable: true, kubelet: TO, upgradeRecord: { ...theirs, phase: 'upgrading' } });
    cluster.addNode('w4', { upgradeRecord: { ...theirs, phase: 'soaking' } });
    deployments.set('rook/operator', { replicas: 0, held: 2 });
    const marks = { [`${PREFIX}in-flight`]: OTHER.name, [`${PREFIX}snapshot-path`]: '/backup/1.db', other: 'stays' };
    await cluster.writeRunMarks(marks);
    expect(await run()).to.equal(
      [
        'Cleared what earlier runs left in flight.',
        'Node w1: upgrade record closed (draining from 1.34.9 to 1.34.10), uncordoned.',
        'Node w2: upgrade record closed (draining from 1.34.9 to 1.34.10), left cordoned: this project did not cordon it.',
        'Node w3: upgrade record closed (upgrading from 1.34.9 to 1.34.10), uncordoned. Its kubelet reports v1.34.10; its packages may be half installed, which the next run fixes.',
        'Node w4: upgrade record closed (soaking from 1.34.9 to 1.34.10).',
        `Mark ${PREFIX}in-flight removed. Its value was ${OTHER.name}`,
        `Mark ${PREFIX}snapshot-path removed. Its value was /backup/1.db`,
        'Deployment rook/operator: no longer held at 0 by this project.',
        GAUGES,
        'Node w3: kubeadm, kubelet, kubectl are held.',
      ].join('\n'),
    );
    const nodes = await cluster.nodes();
    expect(nodes.map(({ name, unschedulable, upgradeRecord }) => [name, unschedulable, upgradeRecord])).to.deep.equal([
      ['w1', false, undefined],
      ['w2', true, undefined],
      ['w3', false, undefined],
      ['w4', false, undefined],
    ]);
    expect(await cluster.runMarks()).to.deep.equal({ other: 'stays' });
    expect(await deployments.deployment('rook', 'operator')).to.include({ replicas: 2, held: undefined });
    expect(await run()).to.equal(`Nothing was left in flight.\n${GAUGES}`);
  });

  const UNHELD: readonly [string, Parameters<FakeRemote['whenScript']>[1], string][] = [
    [
      'says why not',
      { exitCode: 100, stderr: 'dpkg: error: dpkg frontend lock was locked by another process with pid 5245\n' },
      'dpkg: error: dpkg frontend lock was locked by another process with pid 5245',
    ],
    ['ends without a word', { exitCode: 1 }, 'exit code 1'],
    ['is away by now', 'unreachable', 'cannot log in to w1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22'],
  ];
  for (const [what, answer, because] of UNHELD)
    it(`names a node whose packages it cannot hold, which ${what}, and clears the rest`, async () => {
      cluster.addNode('w1', { upgradeRecord: { ...theirs, phase: 'upgrading' } });
      remote.whenScript('# Hold the packages', answer);
      expect((await run()).split('\n').at(-1)).to.equal(
        `Node w1: kubeadm, kubelet, kubectl may not be held: ${because}. Hold them there: apt-mark hold kubeadm kubelet kubectl`,
      );
      expect(await cluster.node('w1')).to.include({ upgradeRecord: undefined });
    });

  it('logs in to no node that it was told to clear unseen', async () => {
    cluster.addNode('w1', { upgradeRecord: { ...theirs, phase: 'upgrading' } });
    remote.whenScript('See what is at work', 'unreachable');
    await run(true);
    expect(remote.ran).to.have.length(1);
  });

  it('changes nothing while something is at work on a node', async () => {
    cluster.addNode('w1', { upgradeRecord: theirs });
    remote.whenScript('See what is at work', { stdout: `unit ${UNIT} active\nlooked\n` });
    expect(await failureOf(run(true))).to.include({
      exitCode: 77,
      message: `${UNIT} runs on w1: wait until it ends. To follow it there: tail -f /var/lib/argo-kubeadm-upgrade/${UNIT}/log, or systemctl status ${UNIT} (journalctl -u ${UNIT})\nNothing was changed.`,
    });
    expect(cluster.writes).to.deep.equal([]);
  });

  const UNSEEN: readonly [string, Parameters<FakeRemote['whenScript']>[1], string][] = [
    [
      'cannot be logged in to',
      'unreachable',
      'cannot log in to w1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22',
    ],
    [
      'does not say',
      { exitCode: 75, stderr: 'systemd does not say which units there are.' },
      'systemd does not say which units there are.',
    ],
    ['breaks off', { stdout: 'unit x' }, 'the answer broke off'],
  ];
  for (const [what, answer, because] of UNSEEN)
    it(`changes nothing while a node ${what}, unless it is told to`, async () => {
      cluster.addNode('w1', { unschedulable: true, upgradeRecord: theirs });
      remote.whenScript('See what is at work', answer);
      expect(await failureOf(run())).to.include({
        exitCode: 77,
        message: `It is not known whether a job runs on w1: ${because}. Fix this. If the machine is gone for good: -p evenUnseen=true.\nNothing was changed.`,
      });
      expect(cluster.writes).to.deep.equal([]);
      await run(true);
      expect(await cluster.node('w1')).to.include({ unschedulable: false, upgradeRecord: undefined });
    });

  it('changes nothing without the Lease', async () => {
    cluster.addNode('w1', { unschedulable: true, upgradeRecord: theirs });
    await lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(run())).to.include({ exitCode: 77 });
    expect(cluster.writes).to.deep.equal([]);
  });
});
