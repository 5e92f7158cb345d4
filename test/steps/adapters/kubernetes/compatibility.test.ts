import { expect } from 'chai';
import type { Reading } from '../../../../src/upgrade/reading.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { describeCompatibility, valueOf } from '../../ports/compatibility.suite.ts';
import { asked, list, StandIn } from './stand-in.ts';

const why = (reading: Reading<unknown>): string => (reading.known ? 'known' : reading.reason);
const workload = (name: string, images: readonly string[], init: readonly string[] = []): object => ({
  metadata: { name, namespace: 'shop' },
  spec: {
    template: {
      spec: {
        initContainers: init.map((image) => ({ name: 'i', image })),
        containers: images.map((image) => ({ name: 'c', image })),
      },
    },
  },
});

describe('kubernetes: workloads', () => {
  const api = new StandIn();

  it('are those of every namespace and kind, to the last page', async () => {
    const kinds = ['deployments', 'daemonsets', 'statefulsets'];
    const answer = ({ path, query }: { path: string; query: URLSearchParams }) => {
      const kind = kinds.find((each) => path === `/apis/apps/v1/${each}`) ?? path;
      return query.get('continue') === null
        ? ok(list([workload(`${kind}-1`, ['a:1', 'b:2'], ['c:3'])], 'page 2'))
        : ok(list([workload(`${kind}-2`, ['d:4'])]));
    };
    api.server.answers.push(...Array.from({ length: 6 }, () => answer));
    const seen = valueOf(await api.kubernetes.compatibility.workloads());
    expect(
      seen.map(({ kind, namespace, name, images }) => `${kind} ${namespace}/${name} ${images.join()}`),
    ).to.deep.equal([
      'Deployment shop/deployments-1 c:3,a:1,b:2',
      'Deployment shop/deployments-2 d:4',
      'DaemonSet shop/daemonsets-1 c:3,a:1,b:2',
      'DaemonSet shop/daemonsets-2 d:4',
      'StatefulSet shop/statefulsets-1 c:3,a:1,b:2',
      'StatefulSet shop/statefulsets-2 d:4',
    ]);
  });

  it('are unknown, all of them, when one kind is not to be seen', async () => {
    const answer = ({ path }: { path: string }) =>
      path.endsWith('daemonsets') ? failure(403, 'daemonsets.apps is forbidden') : ok(list([]));
    api.server.answers.push(...Array.from({ length: 20 }, () => answer));
    expect(why(await api.kubernetes.compatibility.workloads())).to.equal(
      'may not list daemonsets.apps: HTTP 403: daemonsets.apps is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    );
  });
});

describeCompatibility('a stand-in for the API server', async () => {
  const objects: Record<string, object[]> = { deployments: [], daemonsets: [], statefulsets: [] };
  const { startApiServer } = await import('../../../support/fakes/api-server.ts');
  const { connectKubernetes } = await import('../../../support/kubernetes.ts');
  const { FakeClock } = await import('../../../support/fakes/clock.ts');
  const server = await startApiServer();
  const answer = ({ path }: { path: string }) => ok(list(objects[path.split('/').at(-1) ?? ''] ?? []));
  server.answers.push(...Array.from({ length: 9 }, () => answer));
  const { compatibility } = connectKubernetes({
    ...{ namespace: 'shop', annotationPrefix: 'x/', clock: new FakeClock(), log: () => undefined },
    config: server.config,
  });
  return {
    compatibility,
    namespace: 'shop',
    addWorkload: async (kind, name, { init, main }) => {
      objects[`${kind.toLowerCase()}s`]?.push(workload(name, [main], [init]));
    },
    end: () => server.close(),
  };
});

describe('kubernetes: what static pods are started with', () => {
  const api = new StandIn();
  const pod = (component: string, command: string[], about: object = {}): object => ({
    metadata: {
      name: `${component}-cp1`,
      labels: { component, tier: 'control-plane' },
      annotations: { 'kubernetes.io/config.mirror': 'abc' },
    },
    spec: {
      nodeName: 'cp1',
      containers: [{ name: component, image: `registry.k8s.io/${component}:v1.34.9`, command, ...about }],
    },
  });
  const started = async (...pods: object[]) => {
    api.server.answers.push(ok(list(pods)));
    return valueOf(await api.kubernetes.compatibility.startedPods());
  };

  it('is what their command and arguments say, underscores and all', async () => {
    const seen = await started(
      pod(
        'kube-apiserver',
        ['kube-apiserver', '--feature-gates=A=true,B=false', '--cloud_config', '/etc/cloud', '-v=2'],
        {
          args: ['--allow-privileged', '--enable-admission-plugins=NodeRestriction', '--', '--not-one=of-ours'],
        },
      ),
      pod('etcd', ['/usr/local/bin/etcd', '--name=cp1']),
      pod('kube-vip', ['/kube-vip']),
    );
    expect(asked(api.last())).to.equal(
      'GET /api/v1/namespaces/kube-system/pods?labelSelector=tier=control-plane&limit=500',
    );
    expect(seen).to.deep.equal([
      {
        ...{ node: 'cp1', component: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.34.9' },
        flags: {
          known: true,
          value: {
            flags: [
              { name: 'feature-gates', value: 'A=true,B=false' },
              { name: 'cloud-config', value: '/etc/cloud' },
              { name: 'allow-privileged', value: '' },
              { name: 'enable-admission-plugins', value: 'NodeRestriction' },
            ],
            featureGates: {},
          },
        },
      },
      {
        ...{ node: 'cp1', component: 'etcd', image: 'registry.k8s.io/etcd:v1.34.9' },
        flags: { known: true, value: { flags: [{ name: 'name', value: 'cp1' }], featureGates: {} } },
      },
    ]);
  });

  const UNREADABLE: readonly [string, object, string][] = [
    [
      'a shell starts them',
      pod('kube-scheduler', ['/bin/sh', '-c', 'exec kube-scheduler --x']),
      'the pod of kube-scheduler on cp1 is started by /bin/sh, whose flags we cannot read',
    ],
    [
      'their image starts them',
      pod('kube-scheduler', []),
      'the pod of kube-scheduler on cp1 is started by nothing, whose flags we cannot read',
    ],
    [
      'their container has another name',
      pod('kube-scheduler', ['kube-scheduler'], { name: 'main' }),
      'the pod of kube-scheduler on cp1 has no container of that name',
    ],
  ];
  for (const [what, object, says] of UNREADABLE)
    it(`is unknown when ${what}`, async () => {
      const [seen] = await started(object);
      expect(seen?.flags).to.deep.equal({ known: false, reason: says });
    });

  it('is unknown when their list is refused', async () => {
    api.server.answers.push(...Array.from({ length: 9 }, () => failure(403, 'pods is forbidden')));
    expect(why(await api.kubernetes.compatibility.startedPods())).to.match(
      /^may not list pods in kube-system: HTTP 403: /,
    );
  });
});

describe("kubernetes: kubeadm's ConfigMaps", () => {
  const api = new StandIn();
  const map = (data: Record<string, string>) => ok({ metadata: { name: 'x' }, data });
  const V1BETA4 = `apiServer:
  extraArgs:
  - name: authentication_config
    value: /etc/kubernetes/authn.yaml
  - name: feature-gates
    value: A=true
  - name: profiling
apiVersion: kubeadm.k8s.io/v1beta4
etcd:
  local:
    dataDir: /var/lib/etcd
featureGates:
  NodeLocalCRISocket: true
kind: ClusterConfiguration
scheduler: {}
`;
  const V1BETA3 = `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
controllerManager:
  extraArgs:
    bind-address: 0.0.0.0
    v: 2
etcd: { external: { endpoints: [https://10.0.0.9:2379] } }
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterStatus
`;
  const silent = { flags: [], featureGates: {} };

  it('are read as kubeadm writes them since v1beta4', async () => {
    api.server.answers.push(map({ ClusterConfiguration: V1BETA4 }));
    expect(valueOf(await api.kubernetes.compatibility.kubeadmConfig())).to.deep.equal({
      apiVersions: ['kubeadm.k8s.io/v1beta4'],
      featureGates: { NodeLocalCRISocket: true },
      components: {
        'kube-apiserver': {
          flags: [
            { name: 'authentication-config', value: '/etc/kubernetes/authn.yaml' },
            { name: 'feature-gates', value: 'A=true' },
            { name: 'profiling', value: '' },
          ],
          featureGates: {},
        },
        'kube-controller-manager': silent,
        'kube-scheduler': silent,
      },
      externalEtcd: false,
      localEtcd: {
        ...{ dataDir: '/var/lib/etcd', certificatesDir: '/etc/kubernetes/pki', imageRepository: 'registry.k8s.io' },
        ...{ extraArgs: [], extraEnvs: [] },
      },
    });
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/kube-system/configmaps/kubeadm-config');
  });

  it('are read as it wrote them before, every document of them', async () => {
    api.server.answers.push(map({ ClusterConfiguration: V1BETA3 }));
    const config = valueOf(await api.kubernetes.compatibility.kubeadmConfig());
    expect(config.apiVersions).to.deep.equal(['kubeadm.k8s.io/v1beta3', 'kubeadm.k8s.io/v1beta2']);
    expect([config.externalEtcd, config.localEtcd]).to.deep.equal([true, undefined]);
    expect(config.components['kube-controller-manager'].flags).to.deep.equal([
      { name: 'bind-address', value: '0.0.0.0' },
      { name: 'v', value: '2' },
    ]);
  });

  it('are read as they stand there, for the configuration of kubelets', async () => {
    api.server.answers.push(map({ kubelet: 'kind: KubeletConfiguration\nmaxPods: 110\n' }));
    expect(valueOf(await api.kubernetes.compatibility.kubeletFields())).to.deep.equal({
      ...{ kind: 'KubeletConfiguration', maxPods: 110 },
    });
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/kube-system/configmaps/kubelet-config');
  });

  it('are read with what kubeadm makes etcd from', async () => {
    const local =
      'imageRepository: a/b\n    extraArgs: [{ name: quota-backend-bytes, value: "1" }]\n    extraEnvs: [{ name: X, value: y }]';
    const document = `kind: ClusterConfiguration\nimageRepository: c/d\ncertificatesDir: /pki\netcd:\n  local:\n    dataDir: /data\n    ${local}\n`;
    api.server.answers.push(map({ ClusterConfiguration: document }));
    expect(valueOf(await api.kubernetes.compatibility.kubeadmConfig()).localEtcd).to.deep.equal({
      ...{ dataDir: '/data', certificatesDir: '/pki', imageRepository: 'a/b' },
      ...{ extraArgs: [{ name: 'quota-backend-bytes', value: '1' }], extraEnvs: [{ name: 'X', value: 'y' }] },
    });
  });

  const DEFAULT = { repository: undefined, tag: undefined };
  const IMAGES: readonly [string, string, object][] = [
    ['nothing is said', '', { repository: 'registry.k8s.io', etcd: DEFAULT, dns: DEFAULT, proxy: 'enabled' }],
    [
      'everything is said',
      'imageRepository: my.org/k8s\ndns: { imageRepository: my.org/dns, imageTag: v1.13.0 }\netcd: { local: { imageTag: 3.6.16-0 } }',
      {
        ...{ repository: 'my.org/k8s', proxy: 'enabled' },
        etcd: { repository: undefined, tag: '3.6.16-0' },
        dns: { repository: 'my.org/dns', tag: 'v1.13.0' },
      },
    ],
    [
      'etcd is external and the addons are disabled',
      'etcd: { external: {} }\ndns: { disabled: true }\nproxy: { disabled: true }\nimageRepository: ""',
      { repository: 'registry.k8s.io', etcd: 'external', dns: 'disabled', proxy: 'disabled' },
    ],
  ];
  for (const [what, yaml, images] of IMAGES)
    it(`say which images the cluster is made of where ${what}`, async () => {
      api.server.answers.push(map({ ClusterConfiguration: `kind: ClusterConfiguration\n${yaml}\n` }));
      expect(valueOf(await api.kubernetes.compatibility.clusterImages())).to.deep.equal(images);
    });

  it('leave the images unknown where they are no texts', async () => {
    api.server.answers.push(map({ ClusterConfiguration: 'kind: ClusterConfiguration\ndns: { imageTag: 1.12 }\n' }));
    expect(why(await api.kubernetes.compatibility.clusterImages())).to.equal(
      'ClusterConfiguration of ConfigMap kube-system/kubeadm-config: dns: imageTag is 1.12, expected a text',
    );
  });

  it('of kubelet and kube-proxy are read for what the gate asks', async () => {
    const kubelet = 'kind: KubeletConfiguration\nfeatureGates: { A: false }\nfailCgroupV1: false\n';
    api.server.answers.push(map({ kubelet }), map({ 'config.conf': 'kind: KubeProxyConfiguration\nmode: ""\n' }));
    expect(valueOf(await api.kubernetes.compatibility.kubeletConfig())).to.deep.equal({
      ...{ flags: [], featureGates: { A: false }, failCgroupV1: false },
    });
    expect(valueOf(await api.kubernetes.compatibility.kubeProxyConfig())).to.deep.equal(silent);
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /api/v1/namespaces/kube-system/configmaps/kubelet-config',
      'GET /api/v1/namespaces/kube-system/configmaps/kube-proxy',
    ]);
  });

  it('say nothing of a kube-proxy that is not there', async () => {
    api.server.answers.push(failure(404, 'configmaps "kube-proxy" not found'));
    expect(valueOf(await api.kubernetes.compatibility.kubeProxyConfig())).to.deep.equal(silent);
  });

  const KUBELET = 'kubelet of ConfigMap kube-system/kubelet-config';
  const UNREADABLE: readonly [string, ReturnType<typeof ok>, string][] = [
    [
      'when it is not there',
      failure(404, 'not found'),
      'ConfigMap kube-system/kubelet-config is not there; is this a kubeadm cluster?',
    ],
    ['without its key', map({ other: '' }), 'ConfigMap kube-system/kubelet-config has no key kubelet'],
    ['that is empty', map({ kubelet: '' }), `${KUBELET} is empty`],
    ['of another kind', map({ kubelet: 'kind: Pod' }), `${KUBELET} holds Pod, expected one KubeletConfiguration`],
    ['that is a list', map({ kubelet: '- a' }), `${KUBELET} is no set of fields`],
    [
      'with a gate that is neither on nor off',
      map({ kubelet: 'kind: KubeletConfiguration\nfeatureGates: { A: "true" }' }),
      `${KUBELET}: featureGates.A is "true", expected true or false`,
    ],
    [
      'with gates that are a list',
      map({ kubelet: 'kind: KubeletConfiguration\nfeatureGates: [A]' }),
      `${KUBELET}: featureGates is no set of fields`,
    ],
    [
      'with failCgroupV1 that is no truth',
      map({ kubelet: 'kind: KubeletConfiguration\nfailCgroupV1: no' }),
      `${KUBELET}: failCgroupV1 is "no", expected true or false`,
    ],
  ];
  for (const [what, answer, says] of UNREADABLE)
    it(`leave it unknown ${what}`, async () => {
      api.server.answers.push(answer);
      expect(why(await api.kubernetes.compatibility.kubeletConfig())).to.equal(says);
    });

  const ARGUMENTS: readonly [string, string, string][] = [
    ['a text', 'apiServer: { extraArgs: abc }', ': apiServer.extraArgs is no set of fields'],
    ['items without a name', 'scheduler: { extraArgs: [{ value: x }] }', ': scheduler.extraArgs has no name'],
    ['bad YAML', 'apiServer: [', ' is not valid YAML: '],
  ];
  for (const [what, yaml, says] of ARGUMENTS)
    it(`leave it unknown when the arguments are ${what}`, async () => {
      api.server.answers.push(map({ ClusterConfiguration: `kind: ClusterConfiguration\n${yaml}\n` }));
      expect(why(await api.kubernetes.compatibility.kubeadmConfig())).to.include(says);
    });

  it('leave it unknown, with verb and resource, when they may not be read', async () => {
    const denied = failure(403, 'configmaps "kubeadm-config" is forbidden');
    api.server.answers.push(...Array.from({ length: 9 }, () => denied));
    expect(why(await api.kubernetes.compatibility.kubeadmConfig())).to.equal(
      'may not get configmap kube-system/kubeadm-config: HTTP 403: configmaps "kubeadm-config" is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    );
  });
});
