import { inBatches } from '../upgrade/node/batches.ts';
import { usualSeconds } from '../upgrade/node/last-upgrade.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import type { PlannedNode } from './plan.ts';

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
