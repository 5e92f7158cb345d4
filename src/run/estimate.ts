import { inBatches } from '../upgrade/node/batches.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import type { PlannedNode } from './plan.ts';

/** Workers write this memory themselves: fewer claims than this say nothing about another worker. */
const FEWEST_CLAIMS_OF_WORKERS = 3;

/**
 * How many seconds a node is expected to take; undefined when nothing is known. A node's own memory counts for that node
 * alone. For any other node it is one of the values whose median counts, so no single worker decides it.
 */
export function usualSeconds(node: ClusterNode, nodes: readonly ClusterNode[]): number | undefined {
  return node.lastUpgrade?.seconds ?? usualSecondsOfOthers(node, nodes);
}

/** How many seconds the other nodes say that a node of this role takes: the lower median. Undefined when too few say it. */
export function usualSecondsOfOthers(node: ClusterNode, nodes: readonly ClusterNode[]): number | undefined {
  const like = nodes.filter(({ name, controlPlane }) => name !== node.name && controlPlane === node.controlPlane);
  const claims = like.flatMap(({ lastUpgrade }) => lastUpgrade?.seconds ?? []).sort((a, b) => a - b);
  if (!node.controlPlane && claims.length < FEWEST_CLAIMS_OF_WORKERS) return undefined;
  return claims[Math.floor((claims.length - 1) / 2)];
}

export interface NodeEstimate {
  readonly seconds: number;
  /** Whether it rests on earlier upgrades of nodes of its kind; otherwise on what the settings assume. */
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
 * Seconds that the nodes take: control-plane nodes and canaries one after the other, the other workers in batches, each of
 * which takes as long as its slowest worker. What a run does before its first node is not in it.
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
