import type { NodeChange, ClusterReads, ClusterWrites } from '../ports/cluster.ts';
import { changeNodeNow } from '../harness/change-node.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { VerifyAction } from './decide.ts';

export async function carryOut(
  action: VerifyAction,
  node: string,
  reads: ClusterReads,
  writes: ClusterWrites,
): Promise<void> {
  await changeNodeNow(reads, writes, node, action === 'give-back' ? giveBack : closeLedger);
}

/** Uncordons what we cordoned; the ledger stays open until the soak is over. */
function giveBack({ ledger }: ClusterNode): NodeChange {
  if (ledger === undefined) return {};
  const soaking = { ledger: { ...ledger, phase: 'soaking' as const } };
  return ledger.cordonedByUs ? { ...soaking, unschedulable: false } : soaking;
}

const closeLedger = (): NodeChange => ({ ledger: null });
