import { expect } from 'chai';
import { buildFence, buildMayBegin, fencedRemote, fencedWrites } from '../../../src/steps/harness/fence.ts';
import { unlessHalted } from '../../../src/steps/harness/halt.ts';
import { nothing, once, reconcile } from '../../../src/steps/harness/reconcile.ts';
import { tryAgain } from '../../../src/steps/harness/step-error.ts';
import { carryOut } from '../../../src/steps/upgrade-node/act.ts';
import { decideApi, decideWork, type Work } from '../../../src/steps/upgrade-node/decide.ts';
import { ApiWatch, observeNode } from '../../../src/steps/upgrade-node/observe.ts';
import type { NodeRole } from '../../../src/upgrade/node-order.ts';
import { aLedger, ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const COMMANDS = [
  'package source',
  'kubeadm package',
  'kubeadm upgrade',
  'kubelet and kubectl packages',
  'kubelet restart',
];

describe('upgrade-node works', () => {
  let [cluster, lease, remote, said] = [new FakeCluster(), new FakeLease(), new FakeRemote(), [] as string[]];
  beforeEach(async () => {
    [cluster, lease, remote, said] = [new FakeCluster(), new FakeLease(), new FakeRemote().whenScript(/./, {}), []];
    await lease.write(undefined, ME, 0);
    cluster.addNode('w1', { unschedulable: true, ledger: aLedger() });
    remote.whenScript('systemctl restart kubelet', () => {
      cluster.alterNode('w1', { kubelet: TO });
      return {};
    });
  });

  const log = (line: string): void => void said.push(line);
  const fence = () => buildFence(lease, ME);
  const fenced = () => fencedWrites(cluster, fence(), buildMayBegin(fence(), cluster));
  const upgradeOf = (role: NodeRole) => ({
    ...{ role, target: TO, repository: 'r', sourceFile: 's', keyringFile: 'k' },
    ...{ ignorePreflightErrors: [], skipPhases: [], packagesTimeoutSeconds: 900, kubeadmTimeoutSeconds: 1800 },
  });
  const upgrade = (role: NodeRole = 'worker'): Promise<void> =>
    once(
      {
        observe: () => observeNode(cluster, 'w1'),
        decide: (node) => decideWork(node, ME.uid, upgradeOf(role)),
        act: (work: Work) => carryOut(work, cluster, fenced(), fencedRemote(remote, fence()), log),
      },
      log,
    );
  const upgradeUnlessHalted = (): Promise<boolean> => {
    const brake = { reads: cluster, writes: fenced(), me: ME, annotationPrefix: 'argo-kubeadm-upgrade.io/', log };
    return unlessHalted(brake, 'w1', () => upgrade());
  };
  const begun = (): string[] => said.flatMap((line) => /^w1: ([a-z ]+)\. /.exec(line)?.[1] ?? []);

  it('one command after the other, when the ledger says that the host is touched', async () => {
    let phase: string | undefined;
    remote.whenScript('apt-helper', async () => {
      phase = (await cluster.node('w1'))?.ledger?.phase;
      return {};
    });
    await upgrade();
    expect([begun(), phase]).to.deep.equal([COMMANDS, 'upgrading']);
    expect(await cluster.node('w1')).to.deep.include({ unschedulable: true, ledger: aLedger({ phase: 'upgrading' }) });
  });

  it('not at all when the kill switch is set: the node is given back as it was found', async () => {
    cluster.killedBecause = 'not today';
    expect(await upgradeUnlessHalted()).to.equal(false);
    expect([begun(), remote.ran]).to.deep.equal([[], []]);
    expect(await cluster.node('w1')).to.include({ unschedulable: false, ledger: undefined });
  });

  it('to its end when the kill switch is set in the middle: half-way is worse', async () => {
    remote.whenScript('apt-helper', () => {
      cluster.killedBecause = 'not today';
      return {};
    });
    expect(await upgradeUnlessHalted()).to.equal(true);
    expect(begun()).to.deep.equal(COMMANDS);
  });

  it('with the output of each command in the log, as it comes', async () => {
    remote.whenScript('kubeadm upgrade', { stdout: 'one\ntwo\n' });
    await upgrade();
    expect(said).to.include.members(['  one', '  two']);
  });

  it('nothing the second time', async () => {
    await upgrade();
    await upgrade();
    expect(remote.ran).to.have.length(COMMANDS.length);
  });

  it('nothing on a node that it has not drained', async () => {
    cluster.alterNode('w1', { ledger: undefined });
    expect(await failureOf(upgrade())).to.include({ exitCode: 77 });
    expect([remote.ran, cluster.writes]).to.deep.equal([[], []]);
  });

  const FAILURES: readonly [string, string, number, number][] = [
    ['a package that does not install may be tried again', 'kubeadm=', 100, 75],
    ["a refusal of kubeadm's is final", 'kubeadm upgrade', 1, 77],
    ['a kubelet that does not start is final', 'systemctl restart kubelet', 1, 77],
    ['kubeadm may be tried again when an earlier command was still at work', 'kubeadm upgrade', 75, 75],
  ];
  for (const [promise, script, exitCode, ends] of FAILURES)
    it(`${promise}; nothing after it is begun`, async () => {
      remote.whenScript(script, { exitCode, stderr: 'E: no\n' });
      const failure = await failureOf(upgrade());
      expect(failure).to.deep.equal({
        exitCode: ends,
        message: `"${begun().at(-1) ?? ''}" ended with exit code ${exitCode} on w1, which is drained and stays cordoned. Last output:\nE: no`,
      });
      expect(remote.ran.at(-1)?.command.script).to.include(script);
    });

  it('and shows the last 15 lines of what failed', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    remote.whenScript('kubeadm upgrade', { exitCode: 1, stdout: `${lines.join('\n')}\n` });
    const { message } = (await failureOf(upgrade())) as { message: string };
    expect(message.split('\n').slice(1)).to.deep.equal(lines.slice(-15));
  });

  it('no further when a session is lost, to be tried again: all of it, from the first command', async () => {
    let lost = false;
    remote.whenScript('kubeadm upgrade', () => {
      if (lost) return {};
      lost = true;
      return tryAgain('the session was lost');
    });
    expect(await failureOf(upgrade())).to.deep.equal({ exitCode: 75, message: 'the session was lost' });
    await upgrade();
    expect(begun()).to.deep.equal([...COMMANDS.slice(0, 3), ...COMMANDS]);
  });

  it('no further when another run takes the Lease between two commands', async () => {
    remote.whenScript('kubeadm upgrade', async () => {
      await lease.write(await lease.read(), OTHER, 1);
      return {};
    });
    expect(await failureOf(upgrade())).to.include({ exitCode: 77 });
    expect(remote.ran.at(-1)?.command.script).to.include('kubeadm upgrade');
  });

  it('no further when the node vanishes or has no address', async () => {
    cluster.alterNode('w1', { internalIp: undefined });
    expect(await failureOf(upgrade())).to.deep.equal({
      exitCode: 77,
      message: 'Node w1 has no InternalIP; SSH needs one.',
    });
    cluster.removeNode('w1');
    expect(await failureOf(upgrade())).to.deep.equal({ exitCode: 77, message: 'There is no node w1 any more.' });
    expect(remote.ran).to.deep.equal([]);
  });
});

describe('upgrade-node watches the API server', () => {
  const watch = async (answers: string, role: NodeRole = 'first-control-plane', patience = 60): Promise<string> => {
    const [cluster, clock] = [new FakeCluster(), new FakeClock()];
    for (const answer of answers)
      cluster.apiAnswers.push(answer === '+' ? { ready: true } : { ready: false, because: 'connection refused' });
    const [api, began] = [new ApiWatch(cluster, clock), clock.now()];
    const loop = {
      observe: () => api.observe(),
      decide: (facts: Awaited<ReturnType<ApiWatch['observe']>>, elapsed: number) =>
        decideApi(role, facts, patience, elapsed),
      act: nothing,
    };
    const end = await failureOf(reconcile(loop, clock, () => undefined));
    return `${end === 'it went well' ? end : end.message} (${(clock.now() - began) / 1000} s)`;
  };

  const TABLE: readonly [string, string, string][] = [
    ['ends after 30 s of answers', '', 'it went well (30 s)'],
    ['waits until it is back, then 30 s more', '-----', 'it went well (40 s)'],
    ['begins anew when it goes away again', '--+++++-++-', 'it went well (52 s)'],
    [
      'gives up on one that stays away',
      '-'.repeat(99),
      'The API server is still away 60 s after kubeadm: connection refused (60 s)',
    ],
  ];
  for (const [promise, answers, expected] of TABLE)
    it(promise, async () => {
      expect(await watch(answers)).to.equal(expected);
    });

  it('does not watch it after a worker', async () => {
    expect(await watch('-'.repeat(99), 'worker')).to.equal('it went well (0 s)');
  });
});
