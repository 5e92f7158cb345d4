import {
  blockingNodes,
  leftOutLine,
  unreadableLines,
  type NodeReadings,
  type UnreadableNode,
} from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { settleRoles, unlabelledNodes } from '../../upgrade/node/unlabelled.ts';
import type { Log } from '../ports/log.ts';
import type { NodeReads } from '../ports/cluster.ts';
import { readingUnlessAway, refused } from '../runtime/step-error.ts';

/** Returns all nodes. Throws `Refused` when a node cannot be read that blocks every step. */
export async function judgedNodes(cluster: Pick<NodeReads, 'nodeReadings'>): Promise<NodeReadings> {
  const readings = await cluster.nodeReadings();
  refuseAny(blockingNodes(readings));
  return readings;
}

/** Returns all nodes. Reads the addresses of the API servers only when a node without the label shows static pods of a control plane. */
export async function settledReadings(
  cluster: Pick<NodeReads, 'nodeReadings' | 'apiServerAddresses'>,
): Promise<NodeReadings> {
  const readings = await cluster.nodeReadings();
  if (unlabelledNodes(readings).length === 0) return readings;
  return settleRoles(readings, await readingUnlessAway(cluster.apiServerAddresses()));
}

/** Returns all nodes that are not left out. The log names the others. Throws `Refused` when a node cannot be read. */
export async function everyNode(cluster: Pick<NodeReads, 'nodeReadings'>, log: Log): Promise<readonly ClusterNode[]> {
  const { nodes, unreadable, excluded } = await cluster.nodeReadings();
  leftOutLine(excluded).forEach((line) => {
    log(line);
  });
  refuseAny(unreadable);
  return nodes;
}

function refuseAny(unreadable: readonly UnreadableNode[]): void {
  if (unreadable.length > 0) throw refused(unreadableLines(unreadable).join('\n'));
}
