import { notKnown, known, type Reading } from '../../../src/upgrade/reading.ts';
import type { Workload } from '../../../src/upgrade/gate/addons/addon.ts';
import {
  KUBELET_PLACES,
  type KubeadmConfig,
  type KubeletConfig,
  type KubeletPlace,
  type Written,
} from '../../../src/upgrade/gate/boundary/configuration.ts';
import type { DeprecatedApiSeries, YoungApiServer } from '../../../src/upgrade/gate/boundary/removed-apis.ts';
import type { ClusterImages } from '../../../src/upgrade/prepare/images.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../src/upgrade/node/node.ts';
import type {
  Compatibility,
  DeprecatedApis,
  DeprecatedApiUse,
  NodeFiles,
  NodeFilesPort,
  StartedPod,
} from '../../../src/steps/ports/compatibility.ts';
import type { RemoteHost } from '../../../src/steps/ports/remote.ts';

export const SILENT: Written = { flags: [], featureGates: {} };

/** What can be taken away, in the words in which a 403 names it. */
export const PERMISSIONS = {
  workloads: 'list deployments.apps',
  startedPods: 'list pods in kube-system',
  kubeadmConfig: 'get configmap kube-system/kubeadm-config',
  kubeletConfig: 'get configmap kube-system/kubelet-config',
  kubeProxyConfig: 'get configmap kube-system/kube-proxy',
} as const;

export class FakeCompatibility implements Compatibility {
  readonly workloadList: Workload[] = [];
  pods: StartedPod[] = [];
  kubeadm: KubeadmConfig = {
    ...{ apiVersions: ['kubeadm.k8s.io/v1beta4'], featureGates: {} },
    components: {
      'kube-apiserver': SILENT,
      'kube-controller-manager': SILENT,
      'kube-scheduler': SILENT,
    },
  };
  images: ClusterImages = {
    repository: 'registry.k8s.io',
    etcd: { repository: undefined, tag: undefined },
    dns: { repository: undefined, tag: undefined },
    proxy: 'enabled',
  };
  kubelet: KubeletConfig = { ...SILENT, failCgroupV1: undefined };
  kubeletDocument: unknown = {};
  kubeProxy: Written = SILENT;
  /** Questions that are answered 403. */
  readonly forbidden = new Set<keyof typeof PERMISSIONS>();

  /** The static pods of a control-plane node, as kubeadm starts them. */
  addControlPlane(node: string, etcd = 'registry.k8s.io/etcd:3.6.5-0'): void {
    const flags = known(SILENT);
    this.pods.push(
      ...CONTROL_PLANE_COMPONENTS.map((component) => ({ node, component, image: `${component}:v1.34.9`, flags })),
      { node, component: 'etcd', image: etcd, flags },
    );
  }

  #answer<T>(question: keyof typeof PERMISSIONS, value: T): Promise<Reading<T>> {
    return Promise.resolve(
      this.forbidden.has(question) ? notKnown(`may not ${PERMISSIONS[question]}: HTTP 403: forbidden`) : known(value),
    );
  }

  workloads = (): Promise<Reading<readonly Workload[]>> => this.#answer('workloads', this.workloadList);
  startedPods = (): Promise<Reading<readonly StartedPod[]>> => this.#answer('startedPods', this.pods);
  kubeadmConfig = (): Promise<Reading<KubeadmConfig>> => this.#answer('kubeadmConfig', this.kubeadm);
  clusterImages = (): Promise<Reading<ClusterImages>> => this.#answer('kubeadmConfig', this.images);
  kubeletConfig = (): Promise<Reading<KubeletConfig>> => this.#answer('kubeletConfig', this.kubelet);
  kubeletFields = (): Promise<Reading<unknown>> => this.#answer('kubeletConfig', this.kubeletDocument);
  kubeProxyConfig = (): Promise<Reading<Written>> => this.#answer('kubeProxyConfig', this.kubeProxy);
}

export class FakeDeprecatedApis implements DeprecatedApis {
  readonly #series = new Map<string, DeprecatedApiSeries>();
  apiServers = 1;
  young: YoungApiServer[] = [];
  /** Why the answer is not known. */
  trouble: string | undefined;

  /** A client requests the API. */
  ask(series: DeprecatedApiSeries): void {
    this.#series.set(JSON.stringify(series), series);
  }

  async inUse(): Promise<Reading<DeprecatedApiUse>> {
    if (this.trouble !== undefined) return notKnown(this.trouble);
    return known({ series: [...this.#series.values()], apiServers: this.apiServers, young: this.young });
  }
}

/** Machines on which nothing is written, until a test writes something. */
export class FakeNodeFiles implements NodeFilesPort {
  readonly #written = new Map<string, Reading<Written>>();
  readonly cgroups = new Map<string, NodeFiles['cgroup']>();
  readonly unreachable = new Set<string>();
  /** Nodes with a log-in. */
  readonly asked: string[] = [];

  write(node: string, place: KubeletPlace, what: Reading<Written>): void {
    this.#written.set(`${node} ${place}`, what);
  }

  async read(hosts: readonly RemoteHost[]): Promise<ReadonlyMap<string, NodeFiles>> {
    this.asked.push(...hosts.map(({ node }) => node));
    return new Map(hosts.map((host) => [host.node, this.#filesOf(host)]));
  }

  #filesOf({ node, address }: RemoteHost): NodeFiles {
    const off = notKnown(`cannot log in to ${node} (${address}) on port 22: connect ECONNREFUSED`);
    const away = this.unreachable.has(node);
    const places = KUBELET_PLACES.map((place) => [
      place,
      away ? off : (this.#written.get(`${node} ${place}`) ?? known(SILENT)),
    ]);
    return {
      cgroup: away ? off : (this.cgroups.get(node) ?? known('v2')),
      places: Object.fromEntries(places) as NodeFiles['places'],
    };
  }
}
