import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeCompatibility, FakeDeprecatedApis } from '../../support/fakes/compatibility.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';
import { FakePackages } from '../../support/fakes/packages.ts';
import { FakeHostKeys, FakeRemote } from '../../support/fakes/remote.ts';
import type { RunId } from '../../../src/steps/ports/lease.ts';
import { describeCluster, type ClusterWorld } from './cluster.suite.ts';
import { describeCompatibility, describeDeprecatedApis } from './compatibility.suite.ts';
import { describeDeployments } from './deployments.suite.ts';
import { describeGauges } from './gauges.suite.ts';
import { describeLease, describeRuns } from './lease.suite.ts';
import { describePackages } from './packages.suite.ts';
import { describeHostKeys, describeRemote } from './remote.suite.ts';

const end = async (): Promise<void> => undefined;

function clusterWorld(podsEnd: FakeCluster['podsEnd']): ClusterWorld {
  const cluster = new FakeCluster();
  cluster.podsEnd = podsEnd;
  cluster.addNode('w1');
  cluster.addNode('w2');
  return {
    cluster,
    node: 'w1',
    namespace: 'default',
    addPod: async (name, about) => void cluster.addPod('w1', name, about),
    addBudget: async (name, minAvailable) => {
      cluster.addBudget({ name, namespace: 'default', minAvailable, covers: () => true });
    },
    alterNode: async () => {
      cluster.alterNode('w1');
    },
    namespaceAnnotations: async () => cluster.namespaceAnnotations,
    end,
  };
}

describeCluster('the fake whose pods end at once', async () => clusterWorld('at once'));
describeCluster('the fake whose pods take their time', async () => clusterWorld('when told'));
describeLease('the fake', async () => ({ lease: new FakeLease(), end }));
describeGauges('the fake', async () => {
  const gauges = new FakeGauges();
  const forget = async (): Promise<void> => {
    gauges.forget();
  };
  return { gauges, read: async () => gauges.lines, forget, end };
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

describeHostKeys('the fake', async () => ({ hostKeys: new FakeHostKeys(), end }));

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
    removeRun: async (run) => {
      runs.set(run, 'gone');
    },
    addPod: async (run, name, phase) => {
      runs.addPod(run, name, phase === 'Running');
    },
    end,
  };
});

describeRemote('the fake', async () => {
  const remote = new FakeRemote();
  const nobody = { node: 'nobody', uid: 'uid-of-nobody', address: '10.0.0.99' };
  remote.when((_, { node }) => node === 'nobody', 'unreachable');
  return {
    remote,
    host: { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' },
    nobody,
    expect: (script, answer) => {
      remote.when((command) => command.script === script, answer);
    },
    end,
  };
});
