import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { NodeReads, NodeWrites, NodeChange } from '../ports/cluster.ts';
import { refused, tryAgain } from '../runtime/step-error.ts';

/** Kubelets write their Node every few seconds; a change that meets one of those writes is made again. */
const ATTEMPTS = 20;

/** Changes a Node as it is at this moment; returns it as it was. Throws when it is gone. */
export async function changeNodeNow(
  reads: NodeReads,
  writes: NodeWrites,
  name: string,
  change: (node: ClusterNode) => NodeChange,
): Promise<ClusterNode> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const node = await reads.node(name);
    const written = node === undefined ? 'gone' : await writes.changeNode(node, change(node));
    if (node === undefined || written === 'gone') throw refused(`There is no node ${name} any more.`);
    if (written === 'written') return node;
  }
  throw tryAgain(`Node ${name} was changed by others ${ATTEMPTS} times while we tried to write it.`);
}

/** What takes back all that this run did to a node whose host it has not touched. */
export function asFound({ ledger }: ClusterNode, run: string): NodeChange {
  if (ledger?.run !== run) return {};
  return ledger.cordonedByUs ? { ledger: null, unschedulable: false } : { ledger: null };
}
