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

/** All nodes. Throws `Refused` when one cannot be read with which no step goes on. */
export async function judgedNodes(cluster: Pick<NodeReads, 'nodeReadings'>): Promise<NodeReadings> {
  const readings = await cluster.nodeReadings();
  refuseAny(blockingNodes(readings));
  return readings;
}

/** All nodes. Asks for the addresses of the API servers only when a node without the label shows static pods of a control plane. */
export async function settledReadings(
  cluster: Pick<NodeReads, 'nodeReadings' | 'apiServerAddresses'>,
): Promise<NodeReadings> {
  const readings = await cluster.nodeReadings();
  if (unlabelledNodes(readings).length === 0) return readings;
  return settleRoles(readings, await readingUnlessAway(cluster.apiServerAddresses()));
}

/** All nodes that are not left out; the log names those. Throws `Refused` when any of the others cannot be read. */
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
