import { CRI_SOCKET_ANNOTATION } from '../../../../src/upgrade/cri-socket.ts';
import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { kubeTag } from '../../../../src/upgrade/kube-version.ts';
import { formatLedger } from '../../../../src/upgrade/ledger.ts';
import type { ClusterNode } from '../../../../src/upgrade/node.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, LEDGER, list, node, PREFIX, StandIn } from './stand-in.ts';

const mirror = (component: string, image: string, about: { node?: string; mirror?: boolean } = {}): object => ({
  metadata: {
    name: `${component}-cp1`,
    labels: { component, tier: 'control-plane' },
    annotations: about.mirror === false ? {} : { 'kubernetes.io/config.mirror': 'abc' },
  },
  spec: {
    nodeName: about.node ?? 'cp1',
    containers: [
      { name: 'proxy', image: 'example.org/proxy:v9.9.9' },
      { name: component, image },
    ],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

describe('kubernetes: nodes', () => {
  const api = new StandIn();

  it('are read with their ledger and their static pods', async () => {
    api.server.answers.push(
      ok(
        list([
          node('cp1', { annotations: { [`${PREFIX}ledger`]: formatLedger(LEDGER), [CRI_SOCKET_ANNOTATION]: '' } }),
        ]),
      ),
      ok(
        list([
          mirror('kube-scheduler', 'registry.k8s.io/kube-scheduler:latest'),
          mirror('kube-apiserver', 'registry.local:5000/kube-apiserver:v1.34.10@sha256:0123'),
          mirror('kube-controller-manager', 'registry.local:5000/kube-controller-manager'),
          mirror('etcd', 'registry.k8s.io/etcd:3.6.4-0'),
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.30.0', { mirror: false }),
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.31.0', { node: 'cp2' }),
        ]),
      ),
    );
    const [read] = await api.kubernetes.cluster.nodes();
    expect(read).to.deep.equal({
      name: 'cp1',
      uid: 'uid-of-cp1',
      revision: '41',
      createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      controlPlane: true,
      ready: true,
      unschedulable: true,
      internalIp: '10.0.0.7',
      machineId: '0123456789abcdef0123456789abcdef',
      kubelet: { major: 1, minor: 34, patch: 9 },
      criSocket: '',
      runtime: 'containerd://2.2.1',
      staticPods: [
        { component: 'kube-apiserver', version: { major: 1, minor: 34, patch: 10 }, ready: true },
        {
          ...{ component: 'kube-controller-manager', version: undefined, ready: true },
          image: 'registry.local:5000/kube-controller-manager',
        },
        {
          ...{ component: 'kube-scheduler', version: undefined, ready: true },
          image: 'registry.k8s.io/kube-scheduler:latest',
        },
      ],
      ledger: LEDGER,
      lastUpgrade: undefined,
      labels: { 'node-role.kubernetes.io/control-plane': '' },
      taints: [],
    } satisfies ClusterNode);
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /api/v1/nodes?limit=500',
      'GET /api/v1/namespaces/kube-system/pods?labelSelector=tier=control-plane&limit=500',
    ]);
  });

  for (const [image, version] of [
    ['registry.k8s.io/kube-apiserver:v1.34.9', 'v1.34.9'],
    ['registry.local:5000/kube-apiserver:v1.34.9@sha256:0123', 'v1.34.9'],
    ['registry.local:5000/kube-apiserver:1.34.9', 'v1.34.9'],
    ['public.ecr.aws/eks-distro/kubernetes/kube-apiserver:v1.34.9-eks-1-34-5', undefined],
    ['projects.registry.vmware.com/tkg/kube-apiserver:v1.34.9_vmware.1', undefined],
    ['rancher/hardened-kubernetes:v1.34.9-rke2r1-build20260101', undefined],
    ['registry.local/kube-apiserver:v1.34.9+k3s1', undefined],
    ['registry.k8s.io/scheduler-plugins/kube-scheduler:v0.29.7', undefined],
    ['registry.local:5000/kube-apiserver@sha256:0123', undefined],
    ['registry.local:5000/kube-apiserver', undefined],
  ] as const)
    it(`read ${version ?? 'no version'} from the image ${image}`, async () => {
      api.server.answers.push(ok(list([node('cp1')])), ok(list([mirror('kube-apiserver', image)])));
      const [read] = await api.kubernetes.cluster.nodes();
      const [pod] = read?.staticPods ?? [];
      expect(pod?.version && kubeTag(pod.version)).to.equal(version);
      expect(pod?.image).to.equal(version === undefined ? image : undefined);
    });

  it('are believed about no static pod of a worker, nor about a ledger that no control-plane node confirms', async () => {
    const annotations = { [`${PREFIX}ledger`]: formatLedger({ ...LEDGER, to: { major: 1, minor: 35, patch: 4 } }) };
    api.server.answers.push(
      ok(list([node('cp1'), node('w1', { annotations, labels: {} })])),
      ok(
        list([
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.34.9'),
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.35.4', { node: 'w1' }),
        ]),
      ),
    );
    const [, worker] = await api.kubernetes.cluster.nodes();
    expect(worker).to.deep.include({
      ...{ controlPlane: false, staticPods: [], ledger: undefined },
      ignoredLedger: { to: { major: 1, minor: 35, patch: 4 }, annotation: `${PREFIX}ledger` },
    });
  });

  it('are read one by one with only their own static pods', async () => {
    api.server.answers.push(ok(node('cp1')), ok(list([])));
    expect(await api.kubernetes.cluster.node('cp1')).to.include({ name: 'cp1' });
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /api/v1/nodes/cp1',
      'GET /api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName=cp1&labelSelector=tier=control-plane&limit=500',
    ]);
  });

  it('are read with what they remember, what they are called and what they keep off', async () => {
    const remembered = { run: 'r', from: '1.34.8', to: '1.34.9', finishedAt: '2026-11-20T01:02:03.000Z', seconds: 754 };
    const annotations = { [`${PREFIX}last-upgrade`]: JSON.stringify(remembered) };
    const w1 = node('w1', { annotations }) as { spec?: object };
    const taints = [
      { key: 'gpu', value: 'true', effect: 'NoSchedule' },
      { key: 'spot', effect: 'NoExecute' },
    ];
    api.server.answers.push(ok({ ...w1, spec: { ...w1.spec, taints } }), ok(list([])));
    expect(await api.kubernetes.cluster.node('w1')).to.deep.include({
      lastUpgrade: {
        ...{ run: 'r', from: { major: 1, minor: 34, patch: 8 }, to: { major: 1, minor: 34, patch: 9 }, seconds: 754 },
        finishedAtMs: Date.UTC(2026, 10, 20, 1, 2, 3),
      },
      taints: [
        { key: 'gpu', value: 'true', effect: 'NoSchedule' },
        { key: 'spot', value: '', effect: 'NoExecute' },
      ],
    });
  });

  it('are none the worse for a memory that cannot be read', async () => {
    api.server.answers.push(
      ok(node('w1', { annotations: { [`${PREFIX}last-upgrade`]: '{"seconds":1}' } })),
      ok(list([])),
    );
    expect(await api.kubernetes.cluster.node('w1')).to.include({ lastUpgrade: undefined });
  });

  const HOSTILE: readonly [string, object, string][] = [
    ['a kubelet that is a pre-release', { version: 'v1.35.0-rc.1' }, 'the kubelet version "v1.35.0-rc.1"'],
    ['a kubelet of a vendor', { version: 'v1.34.1-eks-abc' }, 'the kubelet version "v1.34.1-eks-abc"'],
    ['a kubelet that says anything', { version: 'x'.repeat(9000) }, `the kubelet version "${'x'.repeat(200)}…"`],
    [
      'a ledger that is no JSON',
      { annotations: { [`${PREFIX}ledger`]: '{{=1+41}}' } },
      'no upgrade record: {{=1+41}}.',
    ],
    [
      'a ledger that is very long',
      { annotations: { [`${PREFIX}ledger`]: 'y\n'.repeat(90_000) } },
      `no upgrade record: ${'y '.repeat(100)}….`,
    ],
  ];
  for (const [what, about, said] of HOSTILE)
    it(`are read without one that has ${what}, which is named`, async () => {
      api.server.answers.push(ok(list([node('w1', { labels: {} }), node('w2', about), node('w3')])), ok(list([])));
      const { nodes, unreadable } = await api.kubernetes.cluster.nodeReadings();
      expect(nodes.map(({ name }) => name)).to.deep.equal(['w1', 'w3']);
      expect(unreadable.map(({ name }) => name)).to.deep.equal(['w2']);
      expect(unreadable[0]?.because).to.include(said);
    });

  it('are not guessed at when the ledger cannot be read', async () => {
    api.server.answers.push(ok(node('cp1', { annotations: { [`${PREFIX}ledger`]: '{"run":1}' } })), ok(list([])));
    const error = await failureOf(api.kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'Node cp1 cannot be read: its annotation argo-kubeadm-upgrade.io/ledger is no upgrade record: {"run":1}. ' +
        'See what state the node is in: kubectl describe node cp1. ' +
        'Then remove the annotation: kubectl annotate node cp1 argo-kubeadm-upgrade.io/ledger-',
    );
    expect(error.exitCode).to.equal(EXIT.Bug);
  });

  it('are not guessed at when the kubelet is no release', async () => {
    api.server.answers.push(ok(node('cp1', { version: 'v1.35.0-rc.1' })), ok(list([])));
    const error = await failureOf(api.kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'Node cp1 cannot be read: it reports the kubelet version "v1.35.0-rc.1", expected a release such as v1.34.9. ' +
        'Install a release of the kubelet there, or remove the node from the cluster.',
    );
  });
});

describe('kubernetes: a change of a node', () => {
  const api = new StandIn();

  const read = { name: 'w1', revision: '41' } as ClusterNode;

  it('is one merge patch that carries the revision, the ledger and the cordon', async () => {
    api.server.answers.push(ok(node('w1')));
    expect(await api.kubernetes.cluster.changeNode(read, { ledger: LEDGER, unschedulable: true })).to.equal('written');
    expect(api.last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/nodes/w1',
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: formatLedger(LEDGER) } },
        spec: { unschedulable: true },
      },
    });
  });

  it('leaves nothing behind when it lifts the cordon and closes the ledger', async () => {
    api.server.answers.push(ok(node('w1')));
    await api.kubernetes.cluster.changeNode(read, { ledger: null, unschedulable: false });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: null } },
      spec: { unschedulable: null },
    });
  });

  it('is told apart from one that came too late', async () => {
    api.server.answers.push(
      failure(409, 'the object has been modified', 'Conflict'),
      failure(404, 'not found', 'NotFound'),
    );
    expect(await api.kubernetes.cluster.changeNode(read, { unschedulable: true })).to.equal('changed');
    expect(await api.kubernetes.cluster.changeNode(read, { unschedulable: true })).to.equal('gone');
  });

  it('does not mention what is not to change', async () => {
    api.server.answers.push(ok(node('w1')), ok(node('w1')));
    await api.kubernetes.cluster.changeNode(read, { unschedulable: true });
    expect(api.last().body).to.deep.equal({ metadata: { resourceVersion: '41' }, spec: { unschedulable: true } });
    await api.kubernetes.cluster.changeNode(read, { ledger: null });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: null } },
    });
  });
});
