import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import type { NodeReads, NodeWrites, NodeChange } from '../ports/cluster.ts';
import { refused } from '../runtime/step-error.ts';
import { untilWritten } from './until-written.ts';

/** Changes a Node on the basis of its current state. Returns the Node before the change. Throws `Refused` when it is gone. */
export async function changeNodeNow(
  reads: NodeReads,
  writes: NodeWrites,
  name: string,
  change: (node: ClusterNode) => NodeChange,
): Promise<ClusterNode> {
  return untilWritten(`Node ${name}`, async () => {
    const node = await reads.node(name);
    const written = node === undefined ? 'gone' : await writes.changeNode(node, change(node));
    if (node === undefined || written === 'gone') throw refused(nodeIsGone(name));
    return written === 'written' ? node : 'changed';
  });
}

/** Returns the change that undoes all changes of this run to a node, as long as its host is unchanged. */
export function asFound({ upgradeRecord }: ClusterNode, run: string): NodeChange {
  if (upgradeRecord?.run !== run) return {};
  return upgradeRecord.cordonedByUs ? { upgradeRecord: null, unschedulable: false } : { upgradeRecord: null };
}
