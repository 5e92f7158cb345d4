import { CRI_SOCKET_ANNOTATION } from '../../../../src/upgrade/node/cri-socket.ts';
import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { kubeTag } from '../../../../src/upgrade/kubernetes/kube-version.ts';
import { EXCLUDED_KINDS, type NodeExclusion } from '../../../../src/upgrade/node/exclusion.ts';
import { formatUpgradeRecord } from '../../../../src/upgrade/node/upgrade-record.ts';
import type { ClusterNode } from '../../../../src/upgrade/node/node.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, UPGRADE_RECORD, list, node, PREFIX, StandIn } from './stand-in.ts';

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

  it('are read with their upgrade record and their static pods', async () => {
    api.server.answers.push(
      ok(
        list([
          node('cp1', {
            annotations: { [`${PREFIX}ledger`]: formatUpgradeRecord(UPGRADE_RECORD), [CRI_SOCKET_ANNOTATION]: '' },
          }),
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
      sshAddress: { type: 'InternalIP', address: { known: true, value: '10.0.0.7' } },
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
      upgradeRecord: UPGRADE_RECORD,
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

  it('are not believed about an upgrade record of a worker that no control-plane node confirms', async () => {
    const annotations = {
      [`${PREFIX}ledger`]: formatUpgradeRecord({ ...UPGRADE_RECORD, to: { major: 1, minor: 35, patch: 4 } }),
    };
    api.server.answers.push(
      ok(list([node('cp1'), node('w1', { annotations, labels: {} })])),
      ok(list([mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.34.9')])),
    );
    const [, worker] = await api.kubernetes.cluster.nodes();
    expect(worker).to.deep.include({
      ...{ controlPlane: false, staticPods: [], upgradeRecord: undefined },
      ignoredUpgradeRecord: { to: { major: 1, minor: 35, patch: 4 }, annotation: `${PREFIX}ledger` },
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
      'a upgrade record that is no JSON',
      { annotations: { [`${PREFIX}ledger`]: '{{=1+41}}' } },
      'no upgrade record: {{=1+41}}.',
    ],
    [
      'a upgrade record that is very long',
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

  it('are not guessed at when the upgrade record cannot be read', async () => {
    api.server.answers.push(ok(node('cp1', { annotations: { [`${PREFIX}ledger`]: '{"run":1}' } })), ok(list([])));
    const error = await failureOf(api.kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'Node cp1 cannot be read: its annotation argo-kubeadm-upgrade.io/ledger is no upgrade record: {"run":1}. ' +
        'See what state the node is in: kubectl describe node cp1. ' +
        'Then remove the annotation: kubectl annotate node cp1 argo-kubeadm-upgrade.io/ledger-',
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('are not guessed at when the kubelet is no release', async () => {
    api.server.answers.push(ok(node('cp1', { version: 'v1.35.0-rc.1' })), ok(list([])));
    const error = await failureOf(api.kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'Node cp1 cannot be read: it reports the kubelet version "v1.35.0-rc.1", expected a release such as v1.34.9. ' +
        'Install a release of the kubelet there.',
    );
  });
});

describe('kubernetes: nodes of a role', () => {
  const api = new StandIn();
  const pod = (name: string) => mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.35.4', { node: name });
  const said =
    'it runs static pods of a control plane (kube-apiserver), and it has no label node-role.kubernetes.io/control-plane. ' +
    'If it is a control-plane node, label it: kubectl label node cp2 node-role.kubernetes.io/control-plane= . ' +
    'If it is a worker, remove their manifests from /etc/kubernetes/manifests there.';

  const unlabelled = { addresses: ['10.0.0.7'] };

  for (const [what, labels] of [
    ['no label', {}],
    ['the label of kubeadm before 1.24 alone', { 'node-role.kubernetes.io/master': '' }],
  ] as const)
    it(`that runs static pods of a control plane with ${what} is left alone, and is named with the remedy`, async () => {
      const answers = [ok(list([node('cp1'), node('cp2', { labels })])), ok(list([pod('cp1'), pod('cp2')]))];
      api.server.answers.push(...answers, ...answers, ok(node('cp2', { labels })), ok(list([pod('cp2')])));
      const { nodes, unreadable } = await api.kubernetes.cluster.nodeReadings();
      expect(nodes.map(({ name }) => name)).to.deep.equal(['cp1']);
      expect(unreadable).to.deep.equal([{ name: 'cp2', because: said, leftAlone: true, unlabelled }]);
      expect((await api.kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['cp1']);
      expect(await failureOf(api.kubernetes.cluster.node('cp2'))).to.include({
        ...{ message: `Node cp2 cannot be read: ${said}`, exitCode: EXIT.Refused },
      });
    });

  const ANNOTATIONS = { [`${PREFIX}ledger`]: formatUpgradeRecord(UPGRADE_RECORD) };
  const IN_THE_WAY: readonly [string, object, object][] = [
    ['it has an upgrade record', node('cp1'), node('cp2', { labels: {}, annotations: ANNOTATIONS })],
    [
      'it has an unreadable upgrade record',
      node('cp1'),
      node('cp2', { labels: {}, annotations: { [`${PREFIX}ledger`]: 'x' } }),
    ],
    ['no node has the label', node('cp1', { labels: {} }), node('cp2', { labels: {} })],
  ];
  for (const [when, ...both] of IN_THE_WAY)
    it(`that runs static pods of a control plane without the label ends every step when ${when}`, async () => {
      const answers = [ok(list(both)), ok(list([pod('cp2')]))];
      api.server.answers.push(...answers, ...answers);
      expect((await api.kubernetes.cluster.nodeReadings()).unreadable).to.deep.equal([
        { name: 'cp2', because: said, leftAlone: false, unlabelled },
      ]);
      expect(await failureOf(api.kubernetes.cluster.nodes())).to.include({
        ...{ message: `Node cp2 cannot be read: ${said}`, exitCode: EXIT.Refused },
      });
    });

  it('comes with the IP addresses that each node with or without the label reports, each in its one spelling', async () => {
    const reporting = (each: object, ...addresses: readonly (readonly [string, string])[]): object => ({
      ...each,
      status: {
        ...(each as { status: object }).status,
        addresses: addresses.map(([type, address]) => ({ type, address })),
      },
    });
    const garbled = reporting(
      node('cp1', { version: 'garbage' }),
      ['InternalIP', 'FD00:0::1'],
      ['ExternalIP', '192.0.2.1'],
    );
    const silent = reporting(node('cp3'), ['Hostname', '10.0.0.3']);
    const forged = reporting(
      node('w1', { labels: {} }),
      ['InternalIP', 'x'],
      ['InternalIP', '::ffff:10.0.0.1'],
      ['InternalDNS', 'a'],
    );
    api.server.answers.push(ok(list([garbled, silent, forged])), ok(list([pod('w1')])));
    const { unreadable, controlPlaneAddresses } = await api.kubernetes.cluster.nodeReadings();
    expect(controlPlaneAddresses).to.deep.equal([['fd00::1', '192.0.2.1'], []]);
    expect(unreadable.find(({ name }) => name === 'w1')?.unlabelled).to.deep.equal({ addresses: ['10.0.0.1'] });
  });

  it('is that of a worker where it runs etcd alone, or pods that are no static pods', async () => {
    const etcd = mirror('etcd', 'registry.k8s.io/etcd:3.6.4-0', { node: 'w1' });
    const copy = mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.34.9', { node: 'w1', mirror: false });
    api.server.answers.push(ok(list([node('cp1'), node('w1', { labels: {} })])), ok(list([pod('cp1'), etcd, copy])));
    const nodes = await api.kubernetes.cluster.nodes();
    expect(nodes.map(({ name, controlPlane }) => `${name} ${String(controlPlane)}`)).to.deep.equal([
      'cp1 true',
      'w1 false',
    ]);
  });
});

describe('kubernetes: a worker whose kubelet version is no release', () => {
  const api = new StandIn();

  for (const version of ['v1.22.6-kubeedge-v1.12.1', 'garbage', '', 'v1.34', 'fake', 'v1.34.9-eks-1', '1'.repeat(9000)])
    it(`is one sentence beside all other nodes: ${version.slice(0, 30) || 'an empty one'}`, async () => {
      const answers = [
        ok(list([node('cp1'), node('w1', { labels: {} }), node('w9', { labels: {}, version })])),
        ok(list([])),
      ];
      api.server.answers.push(...answers, ...answers);
      expect((await api.kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['cp1', 'w1']);
      const { unreadable } = await api.kubernetes.cluster.nodeReadings();
      expect(unreadable).to.have.length(1);
      expect(unreadable[0]).to.deep.include({ name: 'w9', leftAlone: true });
      expect(unreadable[0]?.because).to.match(
        /^it reports the kubelet version ".*", expected a release such as v1\.34\.9\. Install a release of the kubelet there, leave the node out \(nodes\.exclude\), or remove it from the cluster\.$/,
      );
    });

  it('ends every step when an upgrade may be under way on it', async () => {
    const annotations = { [`${PREFIX}ledger`]: formatUpgradeRecord(UPGRADE_RECORD) };
    api.server.answers.push(
      ok(list([node('cp1'), node('w9', { labels: {}, version: 'garbage', annotations })])),
      ok(list([])),
    );
    expect(await failureOf(api.kubernetes.cluster.nodes())).to.include({ exitCode: EXIT.Refused });
  });
});

describe('kubernetes: nodes that are left out', () => {
  const api = new StandIn();
  const KINDS = { names: [], labels: [], kinds: EXCLUDED_KINDS };
  const worker = (about: Parameters<typeof node>[1]) => node('w9', { labels: {}, ...about });
  const read = async (object: object, exclude: NodeExclusion = KINDS, pods: readonly object[] = []) => {
    api.server.answers.push(ok(list([node('cp1'), object])), ok(list(pods)));
    return api.connect(undefined, exclude).cluster.nodeReadings();
  };

  const LEFT: readonly [string, object, string, string | undefined][] = [
    ['KubeEdge', worker({ version: 'v1.22.6-kubeedge-v1.12.1' }), 'KubeEdge', undefined],
    [
      'virtual-kubelet',
      worker({ labels: { type: 'virtual-kubelet' }, version: 'v1.14.3' }),
      'virtual kubelet',
      undefined,
    ],
    [
      'a provider of virtual-kubelet by its taint',
      worker({ taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }] }),
      'virtual kubelet',
      undefined,
    ],
    ['Liqo', worker({ labels: { 'liqo.io/type': 'virtual-node' } }), 'virtual kubelet', undefined],
    ['KWOK', worker({ labels: { type: 'kwok' }, version: 'fake' }), 'virtual kubelet', undefined],
    [
      'KWOK by its annotation alone',
      worker({ annotations: { 'kwok.x-k8s.io/node': 'fake' }, version: 'fake' }),
      'virtual kubelet',
      undefined,
    ],
    ['Windows by its status', worker({ os: 'windows' }), 'Windows', 'v1.34.9'],
    ['Windows by its label', worker({ labels: { 'kubernetes.io/os': 'windows' } }), 'Windows', 'v1.34.9'],
    ['Cluster API', worker({ annotations: { 'cluster.x-k8s.io/machine': 'md-0-abc' } }), 'Cluster API', 'v1.34.9'],
    [
      'a MachinePool without Machines',
      worker({
        annotations: {
          'cluster.x-k8s.io/cluster-name': 'prod',
          'cluster.x-k8s.io/owner-kind': 'MachinePool',
          'cluster.x-k8s.io/owner-name': 'pool-0',
        },
      }),
      'Cluster API',
      'v1.34.9',
    ],
  ];
  for (const [what, object, because, kubelet] of LEFT)
    it(`are by default those of ${what}`, async () => {
      const { nodes, unreadable, excluded } = await read(object);
      expect(nodes.map(({ name }) => name)).to.deep.equal(['cp1']);
      expect(unreadable).to.deep.equal([]);
      expect(excluded.map((each) => [each.name, each.because, each.kubelet && kubeTag(each.kubelet)])).to.deep.equal([
        ['w9', because, kubelet],
      ]);
    });

  it('are by default not those with the role edge alone, which ingress nodes have too', async () => {
    const { excluded } = await read(worker({ labels: { 'node-role.kubernetes.io/edge': '' } }));
    expect(excluded).to.deep.equal([]);
  });

  const NAMED: readonly [string, NodeExclusion, object, string, string | undefined][] = [
    ['a name', { names: ['w9'], labels: [], kinds: [] }, worker({}), 'by name', 'v1.34.9'],
    [
      'a label',
      { names: [], labels: ['pool=edge'], kinds: [] },
      worker({ labels: { pool: 'edge' } }),
      'label pool=edge',
      'v1.34.9',
    ],
    [
      "a vendor's version",
      { names: ['w9'], labels: [], kinds: [] },
      worker({ version: 'v1.33.2-eks-a' }),
      'by name',
      'v1.33.2',
    ],
    ['no version', { names: ['w9'], labels: [], kinds: [] }, worker({ version: 'garbage' }), 'by name', undefined],
    [
      'KubeEdge, whose kind is not',
      { names: ['w9'], labels: [], kinds: ['windows'] },
      worker({ version: 'v1.22.6-kubeedge-v1.12.1' }),
      'by name',
      undefined,
    ],
  ];
  for (const [what, exclude, object, because, kubelet] of NAMED)
    it(`are those of the settings: ${what}`, async () => {
      const { excluded } = await read(object, exclude);
      expect(excluded.map((each) => [each.name, each.because, each.kubelet && kubeTag(each.kubelet)])).to.deep.equal([
        ['w9', because, kubelet],
      ]);
    });

  it('are shown one by one all the same, so that work on one that has begun is finished', async () => {
    const object = worker({
      annotations: { 'cluster.x-k8s.io/machine': 'm', [`${PREFIX}ledger`]: formatUpgradeRecord(UPGRADE_RECORD) },
    });
    api.server.answers.push(ok(object), ok(list([])));
    const cluster = api.connect(undefined, KINDS).cluster;
    expect(await cluster.node('w9')).to.deep.include({ name: 'w9', upgradeRecord: UPGRADE_RECORD });
  });

  const CONFLICTS: readonly [string, NodeExclusion, object, string][] = [
    [
      'its name',
      { names: ['cp9'], labels: [], kinds: [] },
      node('cp9'),
      'it is a control-plane node, and nodes.exclude.names would leave it out (by name). A control plane is upgraded as a whole. Change nodes.exclude.names.',
    ],
    [
      'an annotation of its own',
      KINDS,
      node('cp9', { annotations: { 'cluster.x-k8s.io/machine': 'kcp-abc' } }),
      'it is a control-plane node, and nodes.exclude.kinds would leave it out (Cluster API). A control plane is upgraded as a whole. Upgrade it with Cluster API, which replaces its machines; or, if Cluster API no longer manages it, take cluster-api out of nodes.exclude.kinds.',
    ],
    [
      'its label',
      { names: [], labels: ['pool=edge'], kinds: [] },
      node('cp9', { labels: { 'node-role.kubernetes.io/control-plane': '', pool: 'edge' } }),
      'it is a control-plane node, and nodes.exclude.labels would leave it out (label pool=edge). A control plane is upgraded as a whole. Change nodes.exclude.labels.',
    ],
  ];
  for (const [what, exclude, object, because] of CONFLICTS)
    it(`are no control-plane nodes, not even by ${what}: every step is refused`, async () => {
      const { nodes, unreadable, excluded } = await read(object, exclude);
      expect([nodes.map(({ name }) => name), excluded]).to.deep.equal([['cp1'], []]);
      expect(unreadable).to.deep.equal([{ name: 'cp9', because }]);
    });

  it('are no control-plane nodes without their label either', async () => {
    const pod = mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.34.9', { node: 'w9' });
    const { unreadable, excluded } = await read(worker({ os: 'windows' }), KINDS, [pod]);
    expect(excluded).to.deep.equal([]);
    expect(unreadable[0]?.because).to.match(/^it runs static pods of a control plane/);
  });

  it('give nothing but their own word: an upgrade record that no control-plane node confirms is ignored there too', async () => {
    const to = { major: 1, minor: 35, patch: 4 };
    const annotations = { [`${PREFIX}ledger`]: formatUpgradeRecord({ ...UPGRADE_RECORD, to }) };
    const { excluded } = await read(worker({ annotations, os: 'windows' }));
    expect(excluded[0]?.node).to.deep.include({ upgradeRecord: undefined });
    expect(excluded[0]?.node?.ignoredUpgradeRecord?.to).to.deep.equal(to);
  });
});

describe('kubernetes: a change of a node', () => {
  const api = new StandIn();

  const read = { name: 'w1', revision: '41' } as ClusterNode;

  it('is one merge patch that carries the revision, the upgrade record and the cordon', async () => {
    api.server.answers.push(ok(node('w1')));
    expect(
      await api.kubernetes.cluster.changeNode(read, { upgradeRecord: UPGRADE_RECORD, unschedulable: true }),
    ).to.equal('written');
    expect(api.last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/nodes/w1',
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: formatUpgradeRecord(UPGRADE_RECORD) } },
        spec: { unschedulable: true },
      },
    });
  });

  it('leaves nothing behind when it lifts the cordon and closes the upgrade record', async () => {
    api.server.answers.push(ok(node('w1')));
    await api.kubernetes.cluster.changeNode(read, { upgradeRecord: null, unschedulable: false });
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

  for (const status of [404, 409])
    it(`is refused by an admission webhook whatever its status: ${status}`, async () => {
      const said = 'admission webhook "nodes.example.org" denied the request: no';
      api.server.answers.push(failure(status, said));
      const { exitCode, message } = await failureOf(api.kubernetes.cluster.changeNode(read, { unschedulable: true }));
      expect(exitCode).to.equal(EXIT.Refused);
      expect(message).to.equal(
        `may not patch node w1: HTTP ${status}: ${said}; Ask the owner of the webhook nodes.example.org: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`,
      );
    });

  it('does not mention what is not to change', async () => {
    api.server.answers.push(ok(node('w1')), ok(node('w1')));
    await api.kubernetes.cluster.changeNode(read, { unschedulable: true });
    expect(api.last().body).to.deep.equal({ metadata: { resourceVersion: '41' }, spec: { unschedulable: true } });
    await api.kubernetes.cluster.changeNode(read, { upgradeRecord: null });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: null } },
    });
  });
});
