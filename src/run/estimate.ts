import { inBatches } from '../upgrade/node/batches.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import type { PlannedNode } from './plan.ts';

/**
 * Minimum number of recorded durations. Workers write these records themselves, so fewer records say nothing about
 * another worker.
 */
const FEWEST_CLAIMS_OF_WORKERS = 3;

/**
 * Returns the expected duration of a node's upgrade in seconds; undefined when it is not known. A node's own record
 * counts for that node only. Other nodes use the median of all records, so no single worker decides it.
 */
export function usualSeconds(node: ClusterNode, nodes: readonly ClusterNode[]): number | undefined {
  return node.lastUpgrade?.seconds ?? usualSecondsOfOthers(node, nodes);
}

/**
 * Returns the lower median of the durations that other nodes of this role recorded, in seconds. Undefined when too few
 * recorded one.
 */
export function usualSecondsOfOthers(node: ClusterNode, nodes: readonly ClusterNode[]): number | undefined {
  const like = nodes.filter(({ name, controlPlane }) => name !== node.name && controlPlane === node.controlPlane);
  const claims = like.flatMap(({ lastUpgrade }) => lastUpgrade?.seconds ?? []).sort((a, b) => a - b);
  if (!node.controlPlane && claims.length < FEWEST_CLAIMS_OF_WORKERS) return undefined;
  return claims[Math.floor((claims.length - 1) / 2)];
}

export interface NodeEstimate {
  readonly seconds: number;
  /**
   * Whether the estimate uses recorded durations of nodes of its role. Otherwise it uses the value in the settings.
   */
  readonly remembered: boolean;
}

export const estimateNode = (
  node: ClusterNode,
  nodes: readonly ClusterNode[],
  assumedSeconds: number,
): NodeEstimate => {
  const seconds = usualSeconds(node, nodes);
  return { seconds: seconds ?? assumedSeconds, remembered: seconds !== undefined };
};

/**
 * Returns the seconds that all nodes take. Control-plane nodes and canaries run one after the other. Other workers run
 * in batches, and each batch takes as long as its slowest worker. The time before the first node is not included.
 */
export function estimateRun(
  planned: readonly PlannedNode[],
  secondsOf: (node: ClusterNode) => number,
  maxUnavailable: number,
): number {
  const sum = (some: readonly PlannedNode[]): number => some.reduce((total, { node }) => total + secondsOf(node), 0);
  const workers = planned.filter(({ turn }) => turn === 'worker');
  const batches = inBatches(workers, Math.max(1, maxUnavailable));
  const slowest = batches.map((batch) => Math.max(...batch.map(({ node }) => secondsOf(node))));
  return sum(planned.filter(({ turn }) => turn !== 'worker')) + slowest.reduce((total, each) => total + each, 0);
}
