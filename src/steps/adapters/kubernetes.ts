import type { KubeConfig } from '@kubernetes/client-node';
import { NOTHING_EXCLUDED, type NodeExclusion } from '../../upgrade/node/exclusion.ts';
import { FIRST_INTERNAL_IP, type SshAddressRule } from '../../upgrade/node/ssh-address.ts';
import type { Checkup } from '../ports/checkup.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Compatibility, DeprecatedApis } from '../ports/compatibility.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { ApiServersPort, NodeHealthPort } from '../ports/health.ts';
import type { History } from '../ports/history.ts';
import type { KeySecret } from '../ports/key-secret.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, RunsPort } from '../ports/lease.ts';
import type { Rehearsal } from '../ports/rehearsal.ts';
import type { HostKeys } from '../ports/remote.ts';
import type { RestoreHook } from '../ports/restore-hook.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import { connectApi, type ApiOptions } from './kubernetes/api.ts';
import { apiServerHealth } from './kubernetes/api-servers.ts';
import { budgetReads } from './kubernetes/budgets.ts';
import { checkup } from './kubernetes/checkup.ts';
import { componentConfigReads } from './kubernetes/component-configs.ts';
import { deploymentAdapter } from './kubernetes/deployments.ts';
import { apiServerMetrics } from './kubernetes/deprecated-apis.ts';
import { evictions, rehearsedEvictions } from './kubernetes/eviction.ts';
import { historyAdapter } from './kubernetes/history.ts';
import { configMapHostKeys } from './kubernetes/host-keys.ts';
import { keySecret, type KeyWords } from './kubernetes/key-secret.ts';
import { kuredAdapter, type KuredPlace } from './kubernetes/kured.ts';
import { findConfig } from './kubernetes/kubeconfig.ts';
import { leaseAdapter } from './kubernetes/lease.ts';
import { markReads, markWrites } from './kubernetes/marks.ts';
import { nodeHealth } from './kubernetes/node-health.ts';
import { nodeReads, nodeWrites } from './kubernetes/nodes.ts';
import { podReads } from './kubernetes/pods.ts';
import { readiness } from './kubernetes/ready.ts';
import { rehearsalReads } from './kubernetes/rehearsal.ts';
import { restoreHook } from './kubernetes/restore-hook.ts';
import { runsAdapter } from './kubernetes/runs.ts';
import { schedulingReads } from './kubernetes/scheduling.ts';
import { snapshotsAdapter } from './kubernetes/snapshots.ts';
import { startedPodReads } from './kubernetes/started-pods.ts';
import { volumeReads } from './kubernetes/volumes.ts';
import { workloadReads } from './kubernetes/workloads.ts';

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
  readonly keySecret: (name: string, words: KeyWords) => KeySecret;
  readonly kured: (place: KuredPlace) => Kured;
}

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
      ...nodeReads(api, { prefix: annotationPrefix, exclude: excludeNodes, address: sshAddress }),
      ...nodeWrites(api, annotationPrefix),
      ...podReads(api),
      ...budgetReads(api),
      ...volumeReads(api),
      ...evictions(api),
      ...rehearsedEvictions(api),
      ...markReads(api, annotationPrefix),
      ...markWrites(api, annotationPrefix),
      ...readiness(config, options.namespace),
    },
    lease: leaseAdapter(api, annotationPrefix),
    runs: { ...runsAdapter(api), ...schedulingReads(api) },
    history: historyAdapter(api),
    hostKeys: configMapHostKeys(api),
    compatibility: { ...workloadReads(api), ...startedPodReads(api), ...componentConfigReads(api) },
    rehearsal: rehearsalReads(api, annotationPrefix),
    nodeHealth: nodeHealth(api),
    apiServers: apiServerHealth(api, config, options),
    snapshots: snapshotsAdapter(api, annotationPrefix),
    deprecatedApis: (lookbackHours) => apiServerMetrics(api, config, options, lookbackHours),
    deployments: deploymentAdapter(api, annotationPrefix),
    restoreHook: restoreHook(api),
    checkup: checkup(api, annotationPrefix),
    keySecret: (name, words) => keySecret(api, name, words),
    kured: (place) => kuredAdapter(api, place),
  };
}
