/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
/**
 * The promises of the ports against the real thing; see CONTRIBUTING. Needs KUBECONFIG of a cluster that may be played
 * with, LAB_SSH_HOST (an address) and LAB_SSH_KEY (the file of a key that lets root in there).
 */
import { expect } from 'chai';
import { hostHealth } from '../../../src/steps/adapters/host-health.ts';
import { nodeFiles } from '../../../src/steps/adapters/node-files.ts';
import { systemNames } from '../../../src/steps/adapters/dns.ts';
import { systemClock } from '../../../src/steps/adapters/clock.ts';
import { publicKeyOf, readPrivateKey, sshKeyProbe, sshRemote } from '../../../src/steps/adapters/ssh.ts';
import { KUBELET_PLACES } from '../../../src/upgrade/gate/boundary/configuration.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../src/upgrade/node/node.ts';
import type { RemoteHost } from '../../../src/steps/ports/remote.ts';
import { sshHost } from '../../../src/upgrade/node/ssh-host.ts';
import { ed25519 } from '../../support/fakes/ssh-keys.ts';
import { FakeHostKeys } from '../../support/fakes/remote.ts';
import { describeAfterwards } from './afterwards.suite.ts';
import { describeCheckup } from './checkup.suite.ts';
import { describeCluster } from './cluster.suite.ts';
import { describeCompatibility, valueOf } from './compatibility.suite.ts';
import { describeDeployments } from './deployments.suite.ts';
import { describeKeySecret } from './key-secret.suite.ts';
import {
  labCheckup,
  labCluster,
  labCompatibility,
  labDeployments,
  labHistory,
  labKeySecret,
  labKured,
  labRehearsal,
  labRuns,
  labSnapshots,
  LabWorld,
} from './lab-world.ts';
import { describeHistory } from './history.suite.ts';
import { describeKured } from './kured.suite.ts';
import { describeLease, describeRuns } from './lease.suite.ts';
import { describeRehearsal } from './rehearsal.suite.ts';
import { describeHostKeys, describeKeyProbe, describeRemote, failureOf } from './remote.suite.ts';
import { describeSnapshots } from './snapshots.suite.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`set ${name}`);
  return value;
};

describeCluster('a real API server', labCluster);
describeRuns('a real API server', labRuns);
describeHistory('a real API server', labHistory);
describeCheckup('a real API server', labCheckup);
describeCompatibility('a real API server', labCompatibility);
describeRehearsal('a real API server', labRehearsal);
describeSnapshots('a real API server', labSnapshots);
describeDeployments('a real API server', labDeployments);
describeKeySecret('a real API server', labKeySecret);
describeKured('a real API server', labKured);

describeLease('a real API server', async () => {
  const world = await LabWorld.make();
  return { lease: world.kubernetes.lease, end: () => world.end() };
});

describeAfterwards('real API servers, and the resolver of this machine', async () => {
  const world = await LabWorld.make();
  // The cluster DNS answers pods only; a real run asks it for kubernetes.default.svc.
  return { apiServers: world.kubernetes.apiServers, names: systemNames(), name: 'localhost', end: () => world.end() };
});

describeHostKeys('a real API server', async () => {
  const world = await LabWorld.make();
  const body = { metadata: { name: 'k8s-upgrade-known-hosts' } };
  await world.core.createNamespacedConfigMap({ namespace: world.namespace, body });
  const addNode = async () => {
    await world.addNode();
    const uid = (await world.kubernetes.cluster.node(world.namespace))?.uid ?? '';
    return { node: world.namespace, uid, address: '192.0.2.7' };
  };
  return { hostKeys: world.kubernetes.hostKeys, addNode, end: () => world.end() };
});

const labRemote = () =>
  sshRemote({
    user: 'root',
    port: 22,
    privateKey: readPrivateKey(setting('LAB_SSH_KEY')),
    hostKeys: new FakeHostKeys(),
    connectTimeoutSeconds: 5,
  });
/** The Node at LAB_SSH_HOST, as its kubelet reports it. */
async function labHost(): Promise<RemoteHost> {
  const world = await LabWorld.make();
  const nodes = (await world.kubernetes.cluster.nodes()).map((node) => sshHost(node));
  await world.end();
  const found = nodes.find((host) => host.known && host.value.address === setting('LAB_SSH_HOST'));
  if (found?.known !== true) throw new Error('no Node has the address LAB_SSH_HOST');
  return found.value;
}

describeRemote('a real sshd', async () => {
  const host = await labHost();
  return {
    remote: labRemote(),
    host,
    strangers: [
      { ...host, node: 'another' },
      { ...host, machineId: 'f'.repeat(32) },
    ],
    // Reserved for documentation (RFC 5737), so no host answers there.
    nobody: { node: 'nobody', uid: 'uid-of-nobody', address: '192.0.2.1' },
    expect: () => undefined,
    end: async () => undefined,
  };
});

describeKeyProbe('a real sshd', async () => ({
  probe: sshKeyProbe({ user: 'root', port: 22, hostKeys: new FakeHostKeys(), connectTimeoutSeconds: 5 }),
  host: await labHost(),
  nobody: { node: 'nobody', uid: 'uid-of-nobody', address: '192.0.2.1' },
  letIn: publicKeyOf(readPrivateKey(setting('LAB_SSH_KEY'))),
  stranger: ed25519().public,
  end: async () => undefined,
}));

describe('a real kubeadm cluster', () => {
  let world: LabWorld;
  beforeEach(async () => {
    world = await LabWorld.make();
  });
  afterEach(() => world.end());

  it('shows each control-plane node with its static pods and their versions', async () => {
    const controlPlane = (await world.kubernetes.cluster.nodes()).filter((node) => node.controlPlane);
    expect(controlPlane).not.to.be.empty;
    for (const { name, staticPods, internalIp } of controlPlane) {
      expect(
        staticPods.map(({ component }) => component),
        name,
      ).to.deep.equal(CONTROL_PLANE_COMPONENTS);
      expect(
        staticPods.map(({ version }) => version),
        name,
      ).not.to.include(undefined);
      expect(internalIp, name).to.be.a('string');
    }
  });

  it('shows mirror pods and DaemonSet pods as what they are', async () => {
    const [first] = (await world.kubernetes.cluster.nodes()).filter((node) => node.controlPlane);
    const pods = await world.kubernetes.cluster.podsOn(first?.name ?? '');
    const about = (part: string): object | undefined => pods.find(({ name }) => name.startsWith(part));
    expect(about('kube-apiserver-')).to.include({ mirror: true, daemonSet: false, phase: 'Running' });
    expect(about('kube-proxy-')).to.include({ mirror: false, daemonSet: true, controlled: true });
  });

  it('shows what its static pods are started with, and an etcd beside each API server', async () => {
    const nodes = (await world.kubernetes.cluster.nodes()).filter((node) => node.controlPlane);
    const pods = valueOf(await world.kubernetes.compatibility.startedPods());
    for (const { name } of nodes) {
      const own = pods.filter(({ node }) => node === name);
      expect(own.map(({ component }) => component)).to.have.members([...CONTROL_PLANE_COMPONENTS, 'etcd']);
      for (const { component, flags } of own) expect(valueOf(flags).flags, `${component} on ${name}`).not.to.be.empty;
    }
  });

  it("shows kubeadm's ConfigMaps, as kubeadm wrote them", async () => {
    const { compatibility } = world.kubernetes;
    expect(valueOf(await compatibility.kubeadmConfig()).apiVersions.join()).to.match(/^kubeadm\.k8s\.io\/v1/);
    expect(valueOf(await compatibility.kubeadmConfig()).externalEtcd).to.equal(false);
    const images = valueOf(await compatibility.clusterImages());
    expect(images.etcd)
      .to.have.property('tag')
      .that.matches(/^\d+\.\d+\.\d+-\d+$/);
    expect(images).to.include({ repository: 'lab.invalid/k8s', proxy: 'enabled' });
    expect(valueOf(await compatibility.kubeletConfig())).to.have.property('featureGates');
    expect(valueOf(await compatibility.kubeProxyConfig())).to.have.property('featureGates');
  });

  it('has each of its API servers say who asks for what will go, at its own address', async () => {
    const count = (await world.kubernetes.cluster.nodes()).filter((node) => node.controlPlane).length;
    const use = valueOf(await world.kubernetes.deprecatedApis(0).inUse());
    expect([use.apiServers, use.young]).to.deep.equal([count, []]);
    const eternity = valueOf(await world.kubernetes.deprecatedApis(1_000_000).inUse());
    expect(eternity.young).to.have.length(count);
  });

  it('has a node on which every file of its kubelet can be read', async () => {
    const host = await labHost();
    const seen = (
      await nodeFiles({ remote: labRemote(), clock: systemClock(), log: () => undefined }).read([host])
    ).get(host.node);
    if (seen === undefined) throw new Error('it was not looked at');
    expect(valueOf(seen.cgroup)).to.match(/^v[12]$/);
    for (const place of KUBELET_PLACES) valueOf(seen.places[place]);
    expect(valueOf(seen.places['kubeadm-flags.env']).flags).to.be.an('array');
  });

  it('has nodes whose conditions can all be read', async () => {
    const conditions = valueOf(await world.kubernetes.nodeHealth.conditions());
    const nodes = await world.kubernetes.cluster.nodes();
    for (const { name } of nodes.filter(({ controlPlane }) => controlPlane)) {
      expect(conditions.get(name)?.pressures, name).to.deep.equal([]);
      expect(conditions.get(name)?.readySinceMs.known, name).to.equal(true);
    }
  });

  it('has a control-plane node whose etcd, certificates and volumes can be looked at', async () => {
    const first = (await world.kubernetes.cluster.nodes()).find(({ controlPlane }) => controlPlane);
    if (first === undefined) throw new Error('there is no control-plane node');
    const host = valueOf(sshHost(first));
    const seen = (
      await hostHealth(
        { remote: labRemote(), clock: systemClock(), log: () => undefined },
        '/var/lib/not/yet/there',
      ).read([host])
    ).get(host.node);
    if (seen === undefined) throw new Error('it was not looked at');
    expect(valueOf(seen.etcd)).to.deep.equal({ kind: 'healthy' });
    expect(valueOf(seen.certificates).map(({ path }) => path)).to.include('/etc/kubernetes/pki/apiserver.crt');
    const { etcdDataBytes, etcd, snapshots } = valueOf(seen.volumes);
    expect(etcdDataBytes).to.be.greaterThan(1024);
    expect(snapshots?.mount, 'on the volume of what is already there').to.equal(etcd.mount);
    expect(valueOf(seen.brokenPackages)).to.equal('');
    expect(valueOf(seen.manifestCopies)).to.deep.equal([]);
  });

  it('takes a namespace without the ConfigMap of host keys for an installation that is not complete', async () => {
    const host = { node: 'w1', uid: 'uid-of-w1', address: '192.0.2.1' };
    const error = await failureOf(world.kubernetes.hostKeys.known(host));
    expect(error.message).to.match(/ does not exist; it is part of dist\/<cluster>: apply that, then run this again$/);
  });

  it('has no restore hook, and says so', async () => {
    expect(await world.kubernetes.restoreHook.script('kube-system/apiserver-oidc-restore')).to.deep.equal({
      ...{ known: false, reason: 'there is no ConfigMap kube-system/apiserver-oidc-restore' },
    });
  });

  it('calls a Workflow gone that was never there', async () => {
    expect(await world.kubernetes.runs.state({ name: 'never', uid: 'uid-of-never' })).to.equal('gone');
  });
});
