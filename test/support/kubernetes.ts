import type { KubeConfig } from '@kubernetes/client-node';
import { NOTHING_EXCLUDED, type NodeExclusion } from '../../src/upgrade/node/exclusion.ts';
import { FIRST_INTERNAL_IP, type SshAddressRule } from '../../src/upgrade/node/ssh-address.ts';
import type { Checkup } from '../../src/steps/ports/checkup.ts';
import type { Cluster } from '../../src/steps/ports/cluster.ts';
import type { Compatibility, DeprecatedApis } from '../../src/steps/ports/compatibility.ts';
import type { Deployments } from '../../src/steps/ports/deployments.ts';
import type { ApiServersPort, NodeHealthPort } from '../../src/steps/ports/health.ts';
import type { History } from '../../src/steps/ports/history.ts';
import type { KeySecret } from '../../src/steps/ports/key-secret.ts';
import type { Kured } from '../../src/steps/ports/kured.ts';
import type { LeasePort, RunsPort } from '../../src/steps/ports/lease.ts';
import type { Rehearsal } from '../../src/steps/ports/rehearsal.ts';
import type { HostKeys } from '../../src/steps/ports/remote.ts';
import type { RestoreHook } from '../../src/steps/ports/restore-hook.ts';
import type { Snapshots } from '../../src/steps/ports/snapshots.ts';
import { connectApi, type ApiOptions } from '../../src/steps/adapters/kubernetes/api.ts';
import { apiServerHealth } from '../../src/steps/adapters/kubernetes/api-servers.ts';
import { budgetReads } from '../../src/steps/adapters/kubernetes/budgets.ts';
import { checkup } from '../../src/steps/adapters/kubernetes/checkup.ts';
import { compatibilityReads } from '../../src/steps/adapters/kubernetes/compatibility.ts';
import { deploymentAdapter } from '../../src/steps/adapters/kubernetes/deployments.ts';
import { apiServerMetrics } from '../../src/steps/adapters/kubernetes/deprecated-apis.ts';
import { evictions } from '../../src/steps/adapters/kubernetes/eviction.ts';
import { historyAdapter } from '../../src/steps/adapters/kubernetes/history.ts';
import { configMapHostKeys } from '../../src/steps/adapters/kubernetes/host-keys.ts';
import { keySecret, type KeyReader } from '../../src/steps/adapters/kubernetes/key-secret.ts';
import { kuredAdapter, type KuredPlace } from '../../src/steps/adapters/kubernetes/kured.ts';
import { findConfig } from '../../src/steps/adapters/kubernetes/kubeconfig.ts';
import { leaseAdapter } from '../../src/steps/adapters/kubernetes/lease.ts';
import { marksAdapter } from '../../src/steps/adapters/kubernetes/marks.ts';
import { nodeHealth } from '../../src/steps/adapters/kubernetes/node-health.ts';
import { nodesAdapter } from '../../src/steps/adapters/kubernetes/nodes.ts';
import { podReads } from '../../src/steps/adapters/kubernetes/pods.ts';
import { readiness } from '../../src/steps/adapters/kubernetes/ready.ts';
import { rehearsalReads } from '../../src/steps/adapters/kubernetes/rehearsal.ts';
import { restoreHook } from '../../src/steps/adapters/kubernetes/restore-hook.ts';
import { runsAdapter } from '../../src/steps/adapters/kubernetes/runs.ts';
import { snapshotsAdapter } from '../../src/steps/adapters/kubernetes/snapshots.ts';
import { volumeReads } from '../../src/steps/adapters/kubernetes/volumes.ts';

export interface KubernetesOptions extends ApiOptions {
  readonly annotationPrefix: string;
  /** Which nodes are left out. Absent: none. */
  readonly excludeNodes?: NodeExclusion | undefined;
  /** Which address of a Node SSH goes to. Absent: the first InternalIP. */
  readonly sshAddress?: SshAddressRule | undefined;
  /** For tests; otherwise what kubectl would use. */
  readonly config?: KubeConfig;
}

export interface Kubernetes {
  readonly cluster: Cluster;
  readonly lease: LeasePort;
  readonly runs: RunsPort;
  readonly history: History;
  /** Learned on first use, kept per Node UID. */
  readonly hostKeys: HostKeys;
  readonly compatibility: Compatibility;
  readonly rehearsal: Rehearsal;
  readonly nodeHealth: NodeHealthPort;
  readonly apiServers: ApiServersPort;
  readonly snapshots: Snapshots;
  /** From the API servers themselves. */
  readonly deprecatedApis: (lookbackHours: number) => DeprecatedApis;
  readonly deployments: Deployments;
  readonly restoreHook: RestoreHook;
  readonly checkup: Checkup;
  readonly keySecret: (name: string, words: KeyReader) => KeySecret;
  readonly kured: (place: KuredPlace) => Kured;
}

/** Every client of the API server, without a fence. */
export function connectKubernetes({
  annotationPrefix,
  excludeNodes = NOTHING_EXCLUDED,
  sshAddress = FIRST_INTERNAL_IP,
  config = findConfig(),
  ...options
}: KubernetesOptions): Kubernetes {
  const api = connectApi(config, options);
  return {
    cluster: {
      ...nodesAdapter(api, { prefix: annotationPrefix, exclude: excludeNodes, address: sshAddress }),
      ...podReads(api),
      ...budgetReads(api),
      ...volumeReads(api),
      ...evictions(api),
      ...marksAdapter(api, annotationPrefix),
      ...readiness(api),
    },
    lease: leaseAdapter(api, annotationPrefix),
    runs: runsAdapter(api),
    history: historyAdapter(api),
    hostKeys: configMapHostKeys(api),
    compatibility: compatibilityReads(api),
    rehearsal: rehearsalReads(api, annotationPrefix),
    nodeHealth: nodeHealth(api),
    apiServers: apiServerHealth(api),
    snapshots: snapshotsAdapter(api, annotationPrefix),
    deprecatedApis: (lookbackHours) => apiServerMetrics(api, lookbackHours),
    deployments: deploymentAdapter(api, annotationPrefix),
    restoreHook: restoreHook(api),
    checkup: checkup(api, annotationPrefix),
    keySecret: (name, words) => keySecret(api, name, words),
    kured: (place) => kuredAdapter(api, place),
  };
}
