import type { Workload } from '../../upgrade/gate/addons/addon.ts';
import type { Configuration, NodeConfiguration } from '../../upgrade/gate/boundary/configuration.ts';
import type { DeprecatedApiSeries, YoungApiServer } from '../../upgrade/gate/boundary/removed-apis.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ExcludedNode, UnreadableNode } from '../../upgrade/node/readings.ts';
import type { Reading } from '../../upgrade/reading.ts';

export interface GateNode extends NodeConfiguration {
  /** `.status.nodeInfo.containerRuntimeVersion`; empty when the Node does not say. */
  readonly runtime: string;
}

export interface ApiServer {
  readonly node: string;
  readonly version: KubeVersion;
}

/** What `observe` sees. Only the nodes cannot be missing: without them there is no running version to judge. */
export interface GateFacts extends Configuration {
  readonly nodes: readonly GateNode[];
  /** Workers that nodes.exclude leaves out. */
  readonly excluded?: readonly ExcludedNode[];
  /** Workers that cannot be read, and stay as they are. */
  readonly unreadable?: readonly UnreadableNode[];
  /** One per control-plane node, each asked itself or read from its static pod. */
  readonly apiServers: Reading<readonly ApiServer[]>;
  /** Every Deployment, DaemonSet and StatefulSet. */
  readonly workloads: Reading<readonly Workload[]>;
  /** Over the look-back, because an API server loses its counters when it starts. */
  readonly deprecatedApis: Reading<readonly DeprecatedApiSeries[]>;
  /** API servers with an uptime shorter than the look-back. Empty when Prometheus was queried. */
  readonly youngApiServers: readonly YoungApiServer[];
}
