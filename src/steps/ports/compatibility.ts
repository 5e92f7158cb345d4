import type { Workload } from '../../upgrade/gate/addons/addon.ts';
import type {
  KubeadmConfig,
  KubeletConfig,
  KubeletPlace,
  NodeConfiguration,
  Written,
} from '../../upgrade/gate/boundary/configuration.ts';
import type { DeprecatedApiSeries, YoungApiServer } from '../../upgrade/gate/boundary/removed-apis.ts';
import type { ControlPlaneComponent } from '../../upgrade/node/node.ts';
import type { ClusterImages } from '../../upgrade/prepare/images.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RemoteHost } from './remote.ts';

/** A static pod of a control-plane node, as its mirror pod shows it. */
export interface StartedPod {
  readonly node: string;
  readonly component: ControlPlaneComponent | 'etcd';
  readonly image: string;
  /** What it is started with. */
  readonly flags: Reading<Written>;
}

/**
 * What the compat gate asks of a cluster beside its nodes. Nothing of this file throws for a fault outside of the step: what
 * could not be seen is a reading that names the server or the permission that was missing.
 */
export interface Compatibility {
  /** Every Deployment, DaemonSet and StatefulSet of every namespace. */
  workloads(): Promise<Reading<readonly Workload[]>>;
  /** In no order. */
  startedPods(): Promise<Reading<readonly StartedPod[]>>;
  kubeadmConfig(): Promise<Reading<KubeadmConfig>>;
  /** Images of the cluster, from the ConfigMap `kubeadm-config`. */
  clusterImages(): Promise<Reading<ClusterImages>>;
  kubeletConfig(): Promise<Reading<KubeletConfig>>;
  /** The ConfigMap `kubelet-config` as parsed YAML. */
  kubeletFields(): Promise<Reading<unknown>>;
  /** A cluster without kube-proxy has none, and so nothing is written. */
  kubeProxyConfig(): Promise<Reading<Written>>;
}

/** Requests for APIs that a later version removes. */
export interface DeprecatedApiUse {
  readonly series: readonly DeprecatedApiSeries[];
  /** How many API servers the answer is of. */
  readonly apiServers: number;
  readonly young: readonly YoungApiServer[];
}
export interface DeprecatedApis {
  inUse(): Promise<Reading<DeprecatedApiUse>>;
}

/** What is written on a node itself. */
export type NodeFiles = Pick<NodeConfiguration, 'cgroup'> & {
  readonly places: Readonly<Record<KubeletPlace, Reading<Written>>>;
};
export interface NodeFilesPort {
  /** By node; all of them, whatever could be seen there. */
  read(hosts: readonly RemoteHost[]): Promise<ReadonlyMap<string, NodeFiles>>;
}
