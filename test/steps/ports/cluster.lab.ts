/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
/**
 * The promises of the ports against the real thing; see CONTRIBUTING. Needs KUBECONFIG of a cluster that may be played
 * with, LAB_SSH_HOST (an address) and LAB_SSH_KEY (the file of a key that lets root in there).
 */
import { expect } from 'chai';
import { readPrivateKey, sshRemote } from '../../../src/steps/adapters/ssh.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../src/upgrade/node.ts';
import { FakeHostKeys } from '../../support/fakes/remote.ts';
import { describeCluster } from './cluster.suite.ts';
import { labCluster, labRuns, LabWorld } from './lab-world.ts';
import { describeLease, describeRuns } from './lease.suite.ts';
import { describeHostKeys, describeRemote, failureOf } from './remote.suite.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`set ${name}`);
  return value;
};

describeCluster('a real API server', labCluster);
describeRuns('a real API server', labRuns);

describeLease('a real API server', async () => {
  const world = await LabWorld.make();
  return { lease: world.kubernetes.lease, end: () => world.end() };
});

describeHostKeys('a real API server', async () => {
  const world = await LabWorld.make();
  const body = { metadata: { name: 'k8s-upgrade-known-hosts' } };
  await world.core.createNamespacedConfigMap({ namespace: world.namespace, body });
  return { hostKeys: world.kubernetes.hostKeys, end: () => world.end() };
});

describeRemote('a real sshd', async () => {
  const remote = sshRemote({
    user: 'root',
    port: 22,
    privateKey: readPrivateKey(setting('LAB_SSH_KEY')),
    hostKeys: new FakeHostKeys(),
    connectTimeoutSeconds: 5,
  });
  return {
    remote,
    host: { node: 'lab', uid: 'uid-of-lab', address: setting('LAB_SSH_HOST') },
    // Reserved for documentation (RFC 5737): nobody answers there.
    nobody: { node: 'nobody', uid: 'uid-of-nobody', address: '192.0.2.1' },
    expect: () => undefined,
    end: async () => undefined,
  };
});

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

  it('takes a namespace without the ConfigMap of host keys for an installation that is not complete', async () => {
    const host = { node: 'w1', uid: 'uid-of-w1', address: '192.0.2.1' };
    const error = await failureOf(world.kubernetes.hostKeys.known(host));
    expect(error.message).to.match(/ does not exist; it is part of dist\/<cluster>: apply that, then run this again$/);
  });

  it('calls a Workflow gone that was never there', async () => {
    expect(await world.kubernetes.runs.state({ name: 'never', uid: 'uid-of-never' })).to.equal('gone');
  });
});
