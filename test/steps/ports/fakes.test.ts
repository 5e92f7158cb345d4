import { FakeApiServers, FakeNames } from '../../support/fakes/aftermath.ts';
import { FakeAlerts } from '../../support/fakes/alerts.ts';
import { FakeCheckup } from '../../support/fakes/checkup.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeCompatibility, FakeDeprecatedApis } from '../../support/fakes/compatibility.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeHistory } from '../../support/fakes/history.ts';
import { FakeKeySecret } from '../../support/fakes/key-secret.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';
import { FakePackages } from '../../support/fakes/packages.ts';
import { FakeRehearsal } from '../../support/fakes/rehearsal.ts';
import { FakeHostKeys, FakeKeyProbe, FakeRemote } from '../../support/fakes/remote.ts';
import { FakeSnapshotFolder } from '../../support/fakes/snapshot-folder.ts';
import { FakeSnapshots } from '../../support/fakes/snapshots.ts';
import { aBudget, aFailure, aVolume, v } from '../../support/builders.ts';
import { known } from '../../../src/upgrade/reading.ts';
import { formatPermission } from '../../../src/run/permission.ts';
import type { RunId } from '../../../src/steps/ports/lease.ts';
import { describeAfterwards } from './afterwards.suite.ts';
import { describeAlerts, type AlertsWorld } from './alerts.suite.ts';
import { describeCheckup } from './checkup.suite.ts';
import { describeCluster, type ClusterWorld } from './cluster.suite.ts';
import { describeCompatibility, describeDeprecatedApis } from './compatibility.suite.ts';
import { describeDeployments } from './deployments.suite.ts';
import { describeKeySecret } from './key-secret.suite.ts';
import { describeGauges } from './gauges.suite.ts';
import { describeHistory } from './history.suite.ts';
import { describeKured } from './kured.suite.ts';
import { describeLease, describeRuns } from './lease.suite.ts';
import { describePackages } from './packages.suite.ts';
import { describeRehearsal } from './rehearsal.suite.ts';
import { describeHostKeys, describeKeyProbe, describeRemote } from './remote.suite.ts';
import { describeSnapshotFolder } from './snapshot-folder.suite.ts';
import { describeSnapshots } from './snapshots.suite.ts';

const end = async (): Promise<void> => undefined;

function clusterWorld(podsEnd: FakeCluster['podsEnd']): ClusterWorld {
  const cluster = new FakeCluster();
  cluster.podsEnd = podsEnd;
  cluster.addNode('cp1', { controlPlane: true });
  cluster.addNode('w1');
  cluster.addNode('w2');
  return {
    cluster,
    node: 'w1',
    namespace: 'default',
    prefix: 'example.org/',
    addPod: async (name, about) => void cluster.addPod('w1', name, about),
    addBudget: async (name, minAvailable) => {
      cluster.addBudget({ name, namespace: 'default', minAvailable });
    },
    denyEvictions: async () => {
      cluster.denyEvictions('default', 'keep it');
    },
    attach: async (claim) => {
      cluster.attach('w1', aVolume(`pv-${claim}`, `default/${claim}`));
    },
    alterNode: async () => {
      cluster.alterNode('w1');
    },
    spoilRecord: async (text) => {
      const because = `its annotation argo-kubeadm-upgrade.io/ledger is no upgrade record: ${text}.`;
      cluster.unreadable.push({ name: 'w1', because });
    },
    setKillSwitch: async (reason) => {
      cluster.killedBecause = reason ?? '';
    },
    end,
  };
}

describeCluster('the fake whose pods end at once', async () => clusterWorld('at once'));
describeCluster('the fake whose pods take their time', async () => clusterWorld('when told'));
describeLease('the fake', async () => ({ lease: new FakeLease(), end }));
describeGauges('the fake', async () => {
  const [gauges, other] = [new FakeGauges(), new FakeGauges()];
  const forget = async (): Promise<void> => {
    gauges.forget();
  };
  return { gauges, other, read: async () => gauges.lines, readOther: async () => other.lines, forget, end };
});

describeAlerts('the fake', async () => {
  const alerts = new FakeAlerts();
  const fire: AlertsWorld['fire'] = async (name, labels) => {
    alerts.fire(name, labels);
  };
  return { alerts, fire, end };
});

describeSnapshots('the fake', async () => {
  const snapshots = new FakeSnapshots();
  const prints = 'Backup done: /backup/etcd.db (4096 bytes)';
  return {
    ...{ snapshots, prints },
    addCronJob: async (name) => {
      const cronJob = { namespace: 'default', name };
      snapshots.addCronJob(cronJob);
      return cronJob;
    },
    finish: async (_, run, attempt) => {
      snapshots.end(run, attempt, 'succeeded', prints);
    },
    end,
  };
});

describeSnapshotFolder('the fake', async () => {
  const folder = new FakeSnapshotFolder();
  const add = async (name: string): Promise<void> => {
    folder.add(name, 4);
  };
  return { folder, add, end };
});

describeDeployments('the fake', async () => {
  const deployments = new FakeDeployments();
  return {
    deployments,
    namespace: 'shop',
    add: async (name, replicas) => {
      deployments.set(`shop/${name}`, { replicas });
    },
    alter: async (name) => {
      deployments.set(`shop/${name}`, {});
    },
    end,
  };
});

describeKured('the fake', async () => {
  let fake = FakeKured.none();
  return {
    kured: {
      state: () => fake.state(),
      installed: () => fake.installed(),
      writeLock: (...change) => fake.writeLock(...change),
    },
    daemonSet: 'kube-system/kured',
    addAnother: async () => {
      fake.others.push('reboots/my-release-kured');
      return 'reboots/my-release-kured';
    },
    add: async (concurrency) => {
      fake = new FakeKured(concurrency);
    },
    alter: async () => {
      fake.set(undefined);
    },
    end,
  };
});

describePackages('the fake', async () => {
  const packages = new FakePackages();
  return { packages, offer: (...about) => void packages.offer(...about), end };
});

describeCompatibility('the fake', async () => {
  const compatibility = new FakeCompatibility();
  return {
    compatibility,
    namespace: 'default',
    addWorkload: async (kind, name, { init, main }) => {
      compatibility.workloadList.push({ kind, namespace: 'default', name, images: [init, main] });
    },
    end,
  };
});

describeRehearsal('the fake', async () => {
  const rehearsal = new FakeRehearsal();
  rehearsal.addRoom('w1');
  rehearsal.namespaceLabels.set('default', { 'kubernetes.io/metadata.name': 'default' });
  return {
    rehearsal,
    ...{ node: 'w1', namespace: 'default' },
    addPod: async (name) => {
      rehearsal.addPod('w1', name);
    },
    addBudget: async (name) => void rehearsal.budgetList.push(aBudget(name)),
    attach: async (claim) =>
      void rehearsal.attached.push({ ...aVolume(`pv-${claim}`, `default/${claim}`), node: 'w1' }),
    denyEvictions: async () => {
      rehearsal.addPolicy('no-evict');
    },
    pin: async (claim, node) => {
      const expressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] as const;
      rehearsal.volumes.push({ claim: `default/${claim}`, nodeTerms: [{ expressions, fields: [] }] });
    },
    addWebhook: async (name, failurePolicy) => {
      if (failurePolicy === 'Fail') rehearsal.addWebhook(name);
    },
    end,
  };
});

describeAfterwards('the fake', async () => {
  const [apiServers, names] = [new FakeApiServers(), new FakeNames()];
  return { apiServers, names, name: 'kubernetes.default.svc', end };
});

describeDeprecatedApis('the fake', async () => {
  const deprecatedApis = new FakeDeprecatedApis();
  deprecatedApis.apiServers = 2;
  return {
    deprecatedApis,
    ask: async (...series) => {
      for (const each of series) deprecatedApis.ask(each);
    },
    end,
  };
});

describeHostKeys('the fake', async () => {
  const hostKeys = new FakeHostKeys();
  const addNode = async () => {
    hostKeys.nodes.set('uid-of-cp1', 'cp1');
    return { node: 'cp1', uid: 'uid-of-cp1', address: '10.0.0.9' };
  };
  return { hostKeys, addNode, end };
});

describeHistory('the fake', async () => {
  const history = new FakeHistory();
  const begun = {
    endedAtMs: undefined,
    succeeded: false,
    outcome: undefined,
    target: undefined,
    checkedAtMs: undefined,
  };
  return {
    history,
    addRun: async (name, template, startedAtMs) => {
      history.keep({ name, startedAtMs, ...begun }, template);
    },
    endRun: async (name, endedAtMs, outcome, target) => {
      for (const run of (await history.runs()).filter((each) => each.name === name))
        history.keep({ ...run, endedAtMs, outcome, target: v(target), succeeded: true, checkedAtMs: endedAtMs });
    },
    end,
  };
});

describeKeySecret('the fake', async () => {
  const secret = new FakeKeySecret('old', 'new');
  return {
    ...{ secret, oldKey: 'old', newKey: 'new' },
    alter: async () => {
      secret.put();
    },
    end,
  };
});

describeCheckup('the fake', async () => {
  const checkup = new FakeCheckup();
  const namespace = 'default';
  return {
    ...{ checkup, namespace, end },
    permit: async (_, denied) => void checkup.denied.add(`${denied.serviceAccount} ${formatPermission(denied)}`),
    addSecret: async (name, keys) => void checkup.secrets.set(name, new Map(Object.entries(keys))),
    addCronJob: async (name, suspended) => void checkup.cronJobs.set(`${namespace}/${name}`, { suspended }),
    addController: async (image, executor) =>
      void checkup.controllers.push({ namespace, image, restrictedExecutor: known(executor === 'restricted') }),
  };
});

describeRuns('the fake', async () => {
  const runs = new FakeRuns();
  return {
    runs,
    addRun: async (name) => {
      const run: RunId = { name, uid: `uid-of-${name}` };
      runs.set(run, 'running');
      return run;
    },
    endRun: async (run) => {
      runs.set(run, 'ended');
    },
    failStep: async (run, how) => {
      if (how === 'for good') runs.fail(run);
      runs.failed.set(run.uid, [aFailure('Pod', 'no room', { exitCode: 77, node: 'worker-1' })]);
    },
    resubmit: async (run, how) => {
      if (how === 'memoized') runs.memoize(run);
    },
    endStep: async ({ uid }, phase, node) => {
      runs.done.set(uid, [{ phase, node, seconds: 90 }]);
    },
    removeRun: async (run) => {
      runs.set(run, 'gone');
    },
    addPod: async (run, name, phase) => {
      runs.addPod(run, name, phase === 'Running');
    },
    scheduler: async (pod, reason, message) => {
      if (reason === 'FailedScheduling') runs.unscheduledPods.push({ pod, because: message });
      else runs.schedule(pod);
    },
    end,
  };
});

describeKeyProbe('the fake', async () => {
  const probe = new FakeKeyProbe((node) => (node === 'w1' ? ['ssh-ed25519 AAAA'] : undefined));
  const host = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1', machineId: '0123' };
  const nobody = { node: 'nobody', uid: 'uid-of-nobody', address: '10.0.0.99' };
  return { probe, host, nobody, letIn: 'ssh-ed25519 AAAA', stranger: 'ssh-ed25519 BBBB', end };
});

describeRemote('the fake', async () => {
  const remote = new FakeRemote();
  const nobody = { node: 'nobody', uid: 'uid-of-nobody', address: '10.0.0.99' };
  remote.when((_, { node }) => node === 'nobody', 'unreachable');
  const host = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1', machineId: '0123' };
  remote.machines.set(host.address, host);
  return {
    ...{ remote, host, nobody },
    strangers: [
      { ...host, node: 'cp1', uid: 'uid-of-cp1' },
      { ...host, machineId: '4567' },
    ],
    expect: (script, answer) => {
      remote.when((command) => command.script === script, answer);
    },
    end,
  };
});
