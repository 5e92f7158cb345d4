import { expect } from 'chai';
import fc from 'fast-check';
import type { GateInput } from '../../../src/steps/gate/contract.ts';
import { decide } from '../../../src/steps/gate/decide.ts';
import type { GateFacts } from '../../../src/steps/gate/facts.ts';
import { observe } from '../../../src/steps/gate/observe.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { formatFinding } from '../../../src/upgrade/gate/finding.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';
import { failureOf } from '../../support/failure.ts';
import { staticPodsAt, v } from '../../support/builders.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import {
  FakeCompatibility,
  FakeDeprecatedApis,
  FakeNodeFiles,
  PERMISSIONS,
  SILENT,
} from '../../support/fakes/compatibility.ts';
import { input, workload } from './build.ts';
import { runs } from '../../support/long.ts';

const RUNNING = v('1.35.2');
const NEXT = '1.36.1';

class World {
  readonly cluster = new FakeCluster();
  readonly compatibility = new FakeCompatibility();
  readonly deprecatedApis = new FakeDeprecatedApis();
  readonly nodeFiles = new FakeNodeFiles();

  constructor(controlPlanes = ['cp1'], workers = ['w1']) {
    this.deprecatedApis.apiServers = controlPlanes.length;
    for (const name of controlPlanes) {
      this.cluster.addNode(name, { controlPlane: true, kubelet: RUNNING, staticPods: staticPodsAt(RUNNING) });
      this.compatibility.addControlPlane(name);
    }
    for (const name of workers) this.cluster.addNode(name, { kubelet: RUNNING });
  }

  observe = (target = NEXT): Promise<GateFacts> => observe(this, v(target));
  verdict = async (asked: GateInput = input(NEXT)): Promise<string[]> => {
    const { verdict, findings } = decide(await observe(this, asked.target), asked);
    return [verdict, ...findings.map(formatFinding)];
  };
}

const why = (reading: Reading<unknown>): string => (reading.known ? 'known' : reading.reason);

describe('what the gate sees', () => {
  let world = new World();
  beforeEach(() => {
    world = new World();
  });

  it('is everything that it judges', async () => {
    const flags = known({ flags: [{ name: 'x', value: 'y' }], featureGates: {} });
    const { compatibility, deprecatedApis, nodeFiles } = world;
    compatibility.workloadList.push(workload('cni', 'calico/node:v3.32.0'));
    compatibility.pods = compatibility.pods.map((pod) =>
      pod.component === 'kube-scheduler' ? { ...pod, flags } : pod,
    );
    nodeFiles.write('w1', 'etc-default-kubelet', flags);
    nodeFiles.cgroups.set('w1', known('v1'));
    const series = { group: 'g', version: 'v1', resource: 'things', subresource: '', removedRelease: '1.36' };
    deprecatedApis.ask(series);
    deprecatedApis.young = [{ server: '10.0.0.1:6443', upHours: 1, neededHours: 24 }];
    const silent = known(SILENT);
    const places = {
      ...{ 'kubeadm-flags.env': silent, 'etc-default-kubelet': silent },
      ...{ 'etc-sysconfig-kubelet': silent, 'kubelet-unit': silent, 'kubelet-environment': silent },
      ...{ 'kubelet-config-folder': silent, 'kubelet-config-file': silent },
    };
    expect(await world.observe()).to.deep.equal({
      ...{ excluded: [], unreadable: [] },
      nodes: [
        {
          ...{ name: 'cp1', kubelet: RUNNING, runtime: 'containerd://2.2.1', cgroup: known('v2') },
          kubeletPlaces: places,
          staticPods: { 'kube-apiserver': silent, 'kube-controller-manager': silent, 'kube-scheduler': flags },
        },
        {
          ...{ name: 'w1', kubelet: RUNNING, runtime: 'containerd://2.2.1', cgroup: known('v1') },
          kubeletPlaces: { ...places, 'etc-default-kubelet': flags },
          staticPods: undefined,
        },
      ],
      apiServers: known([{ node: 'cp1', version: RUNNING }]),
      workloads: known([workload('cni', 'calico/node:v3.32.0')]),
      kubeadmConfig: known(compatibility.kubeadm),
      kubeletConfig: known(compatibility.kubelet),
      kubeProxyConfig: known(SILENT),
      etcd: known([{ name: 'cp1', version: '3.6.5-0' }]),
      deprecatedApis: known([series]),
      youngApiServers: [{ server: '10.0.0.1:6443', upHours: 1, neededHours: 24 }],
    } satisfies GateFacts);
  });

  it('is enough to be clear of a cluster against which nothing can be said', async () => {
    expect(await world.verdict()).to.deep.equal(['clear']);
  });

  it('of a patch is the versions alone: nobody logs in anywhere, and nothing that is off keeps it back', async () => {
    world.deprecatedApis.trouble = 'off';
    world.nodeFiles.unreachable.add('w1');
    world.compatibility.forbidden.add('workloads').add('kubeadmConfig');
    expect(await world.verdict(input('1.35.3'))).to.deep.equal(['clear']);
    expect(world.nodeFiles.asked).to.deep.equal([]);
  });

  it('of a node that is at the target minor already is no file: it is itself the proof', async () => {
    world.cluster.alterNode('cp1', { kubelet: v('1.36.1'), staticPods: staticPodsAt(v('1.36.1')) });
    world.nodeFiles.unreachable.add('cp1');
    expect((await world.verdict())[0]).to.equal('clear');
    expect(world.nodeFiles.asked).to.deep.equal(['w1']);
  });

  it('of a node that nobody can log in to is nothing, and the node and the reason are said once', async () => {
    world.nodeFiles.unreachable.add('w1');
    expect(await world.verdict()).to.deep.equal([
      'blocked',
      '[unknown: configuration-unknown] kubelet on w1: found no answer about /var/lib/kubelet/kubeadm-flags.env, /etc/default/kubelet, /etc/sysconfig/kubelet, its systemd unit or a drop-in of it, a file that its systemd unit names in EnvironmentFile, a file in the directory of its flag --config-dir, /var/lib/kubelet/config.yaml: cannot log in to w1 (10.0.0.2) on port 22: connect ECONNREFUSED; needed its flags and feature gates, to compare them with what the target removed. Correct the cause, so that the gate can read it.',
    ]);
  });

  it('of a node without an address is nothing', async () => {
    world.cluster.alterNode('w1', { internalIp: undefined });
    const [, w1] = (await world.observe()).nodes;
    expect(w1?.cgroup).to.deep.equal(notKnown('node w1 has no InternalIP; SSH needs one'));
    expect(w1?.kubeletPlaces['kubelet-config-file']).to.deep.equal(w1?.cgroup);
    expect((await world.verdict())[0]).to.equal('blocked');
  });

  it('of API servers without a version is unknown, with the nodes', async () => {
    world = new World(['cp1', 'cp2', 'cp3']);
    world.cluster.alterNode('cp2', { staticPods: staticPodsAt(undefined) });
    world.cluster.alterNode('cp3', { staticPods: [] });
    expect(why((await world.observe()).apiServers)).to.equal(
      'no pod of kube-apiserver with a version in its tag on cp2, cp3',
    );
    expect((await world.verdict())[0]).to.equal('blocked');
  });

  it('of a static pod that is not there is unknown', async () => {
    const { compatibility } = world;
    compatibility.pods = compatibility.pods.filter(({ component }) => component !== 'kube-scheduler');
    const [cp1] = (await world.observe()).nodes;
    expect(cp1?.staticPods?.['kube-scheduler']).to.deep.equal(
      notKnown('there is no pod of kube-scheduler on cp1 in kube-system'),
    );
    expect((await world.verdict())[0]).to.equal('blocked');
  });

  it('of etcd is its members; none at all where it is elsewhere; unknown where one is missing', async () => {
    world = new World(['cp1', 'cp2']);
    const { compatibility } = world;
    const etcd = async () => (await world.observe()).etcd;
    compatibility.pods = compatibility.pods.map((pod) =>
      pod.node === 'cp2' ? { ...pod, image: 'registry.example.com:5000/etcd@sha256:0123' } : pod,
    );
    expect(await etcd()).to.deep.equal(
      known([
        { name: 'cp1', version: '3.6.5-0' },
        { name: 'cp2', version: '' },
      ]),
    );
    compatibility.pods = compatibility.pods.filter(({ component, node }) => component !== 'etcd' || node !== 'cp2');
    expect(why(await etcd())).to.equal('there is no pod of etcd on cp2, as there is elsewhere');
    compatibility.pods = compatibility.pods.filter(({ component }) => component !== 'etcd');
    expect(await etcd()).to.deep.equal(known([]));
    compatibility.addControlPlane('w1', 'registry.k8s.io/etcd:2.3.0');
    expect(await etcd(), 'a pod that a worker calls etcd').to.deep.equal(known([]));
  });

  it('of deprecated APIs is unknown when not every API server was asked', async () => {
    world = new World(['cp1', 'cp2', 'cp3']);
    world.deprecatedApis.apiServers = 2;
    expect(why((await world.observe()).deprecatedApis)).to.equal(
      '2 API servers answered, and the cluster has 3 control-plane nodes',
    );
    expect((await world.verdict())[0]).to.equal('blocked');
  });

  it('of an API server that has just started is to be waited for', async () => {
    world.deprecatedApis.young = [{ server: '10.0.0.1:6443', upHours: 3, neededHours: 24 }];
    expect(await world.verdict()).to.deep.equal([
      'held',
      '[waiting: removed-apis-forgotten] API server 10.0.0.1:6443: found an uptime of 3 h; earlier requests are not counted; needed an uptime of 24 h, so that daily requests are counted. Wait, query Prometheus instead (compatibility.deprecatedApis.source), or set a shorter compatibility.deprecatedApis.lookbackHours.',
    ]);
  });

  it('of deprecated APIs names the server that did not answer', async () => {
    world.deprecatedApis.trouble = 'Prometheus http://prometheus:9090 answered with no vector';
    expect(await world.verdict()).to.deep.equal([
      'blocked',
      '[unknown: removed-apis-unknown] removed APIs: found no answer: Prometheus http://prometheus:9090 answered with no vector; needed apiserver_requested_deprecated_apis, with the release that removes each API. Without this metric, clients of removed APIs are unknown. Restore Prometheus, or let the gate read /metrics of the API servers.',
    ]);
  });

  for (const [question, permission] of Object.entries(PERMISSIONS))
    it(`without the right to ${permission} is unknown, and names that right`, async () => {
      world.compatibility.forbidden.add(question as keyof typeof PERMISSIONS);
      const [verdict, ...findings] = await world.verdict();
      expect(verdict).to.equal('blocked');
      expect(findings).to.not.be.empty;
      for (const finding of findings) expect(finding).to.include(`may not ${permission}: HTTP 403: forbidden`);
    });

  it('is nothing where the nodes cannot be listed: that ends it, with the reason', async () => {
    world.cluster.nodeReadings = () => Promise.reject(refused('may not list nodes: HTTP 403: forbidden'));
    expect(await failureOf(world.observe())).to.include({ message: 'may not list nodes: HTTP 403: forbidden' });
  });

  it('law: taking permissions, nodes or servers away never clears what was blocked or held', async () => {
    const addons = [workload('cni', 'calico/node:v3.30.1'), workload('policies', 'kyverno/kyverno:v1.18.0')];
    const anyWorld = fc.record({
      workloads: fc.subarray(addons),
      flag: fc.constantFrom(undefined, 'storage-driver-db', 'pod-infra-container-image'),
      gate: fc.constantFrom(undefined, 'HonorPVReclaimPolicy'),
      asks: fc.boolean(),
      young: fc.boolean(),
    });
    const anyLoss = fc.record({
      forbidden: fc.subarray(Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[]),
      unreachable: fc.subarray(['cp1', 'w1']),
      off: fc.boolean(),
      fewer: fc.boolean(),
    });
    const tries = runs(200);
    let closed = 0;
    await fc.assert(
      fc.asyncProperty(anyWorld, anyLoss, async ({ workloads, flag, gate, asks, young }, loss) => {
        const one = new World();
        one.compatibility.workloadList.push(...workloads);
        if (flag !== undefined)
          one.nodeFiles.write(
            'w1',
            'etc-default-kubelet',
            known({ flags: [{ name: flag, value: '' }], featureGates: {} }),
          );
        if (gate !== undefined)
          one.compatibility.kubelet = { ...one.compatibility.kubelet, featureGates: { [gate]: true } };
        if (asks)
          one.deprecatedApis.ask({ group: 'g', version: 'v1', resource: 'r', subresource: '', removedRelease: '1.36' });
        if (young) one.deprecatedApis.young = [{ server: 's', upHours: 0, neededHours: 24 }];
        const [before] = await one.verdict();
        for (const question of loss.forbidden) one.compatibility.forbidden.add(question);
        for (const node of loss.unreachable) one.nodeFiles.unreachable.add(node);
        if (loss.off) one.deprecatedApis.trouble = 'off';
        if (loss.fewer) one.deprecatedApis.apiServers = 0;
        const [after] = await one.verdict();
        if (before === 'clear') return;
        closed += 1;
        expect(after).to.not.equal('clear');
      }),
      tries,
    );
    expect(closed).to.be.greaterThan(tries.numRuns / 10);
  });
});
