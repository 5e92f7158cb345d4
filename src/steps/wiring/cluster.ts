import { systemNames } from '../adapters/dns.ts';
import { apiServerHealth } from '../adapters/kubernetes/api-servers.ts';
import { budgetReads } from '../adapters/kubernetes/budgets.ts';
import { evictions } from '../adapters/kubernetes/eviction.ts';
import { historyAdapter } from '../adapters/kubernetes/history.ts';
import { marksAdapter } from '../adapters/kubernetes/marks.ts';
import { nodeHealth } from '../adapters/kubernetes/node-health.ts';
import { nodesAdapter } from '../adapters/kubernetes/nodes.ts';
import { podReads } from '../adapters/kubernetes/pods.ts';
import { readiness } from '../adapters/kubernetes/ready.ts';
import { rehearsalReads } from '../adapters/kubernetes/rehearsal.ts';
import { restoreHook } from '../adapters/kubernetes/restore-hook.ts';
import { runsAdapter } from '../adapters/kubernetes/runs.ts';
import { startedPodReads } from '../adapters/kubernetes/static-pods.ts';
import { volumeReads } from '../adapters/kubernetes/volumes.ts';
import type { NodeReads, NodeWrites, PodReads, PodWrites, ReadinessReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { ApiServersPort, NamesPort, NodeHealthPort } from '../ports/health.ts';
import type { History } from '../ports/history.ts';
import type { RunsPort } from '../ports/lease.ts';
import type { Rehearsal } from '../ports/rehearsal.ts';
import type { RestoreHook } from '../ports/restore-hook.ts';
import type { Connection } from './connection.ts';

/** Nodes and the state of the run. The writes are not fenced: `fencedCluster` has those that a step may use. */
export const clusterClient = ({ api, annotationPrefix, nodeRules }: Connection): NodeReads & NodeWrites => ({
  ...nodesAdapter(api, nodeRules),
  ...marksAdapter(api, annotationPrefix),
});

/** The pods on a node. The writes are not fenced: see `fencedEvictions`. */
export const podClient = ({ api }: Connection): PodReads & PodWrites => ({
  ...podReads(api),
  ...budgetReads(api),
  ...volumeReads(api),
  ...evictions(api),
});

export const podsOnNodes = ({ api }: Connection): Pick<PodReads, 'podsOn'> => podReads(api);

export const runsClient = ({ api }: Connection): RunsPort => runsAdapter(api);

export const startedPodsClient = ({ api }: Connection): Pick<Compatibility, 'startedPods'> => startedPodReads(api);

export const rehearsalClient = ({ api, annotationPrefix }: Connection): Rehearsal =>
  rehearsalReads(api, annotationPrefix);

export const nodeHealthClient = ({ api }: Connection): NodeHealthPort => nodeHealth(api);

export const apiServersClient = ({ api }: Connection): ApiServersPort => apiServerHealth(api);

export const readinessClient = ({ api }: Connection): ReadinessReads => readiness(api);

export const restoreHookClient = ({ api }: Connection): RestoreHook => restoreHook(api);

export const historyClient = ({ api }: Connection): History => historyAdapter(api);

/** Names that are resolved as a pod of the cluster resolves them. */
export const namesClient = (): NamesPort => systemNames();
