import type { NodeChange, NodeReads, NodeWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import { changeNodeNow } from '../guards/change-node.ts';
import { isDuration } from '../../upgrade/node/last-upgrade.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { VerifyAction } from './decide.ts';

export interface VerifyClients {
  readonly reads: NodeReads;
  readonly writes: NodeWrites;
  readonly clock: Clock;
}

export async function carryOut(
  action: VerifyAction,
  { node, runUid }: { readonly node: string; readonly runUid: string },
  { reads, writes, clock }: VerifyClients,
): Promise<void> {
  const change = action === 'uncordon' ? uncordon : (now: ClusterNode) => closeUpgradeRecord(now, runUid, clock.now());
  await changeNodeNow(reads, writes, node, change);
}

/** Uncordons what we cordoned; the upgrade record stays open until the soak is over. */
function uncordon({ upgradeRecord }: ClusterNode): NodeChange {
  if (upgradeRecord === undefined) return {};
  const soaking = { upgradeRecord: { ...upgradeRecord, phase: 'soaking' as const } };
  return upgradeRecord.cordonedByUs ? { ...soaking, unschedulable: false } : soaking;
}

/**
 * The node records its previous version, so that it can be rolled back. It records the duration, unless it waited for another
 * run in between: such a duration predicts nothing.
 */
function closeUpgradeRecord({ upgradeRecord }: ClusterNode, run: string, nowMs: number): NodeChange {
  if (upgradeRecord === undefined) return { upgradeRecord: null };
  const { from, to, startedAtMs } = upgradeRecord;
  const lastUpgrade = { run, from, to, finishedAtMs: nowMs };
  if (startedAtMs === undefined || upgradeRecord.run !== run) return { upgradeRecord: null, lastUpgrade };
  const seconds = Math.max(0, Math.round((nowMs - startedAtMs) / 1000));
  return {
    upgradeRecord: null,
    lastUpgrade: isDuration(seconds) ? { ...lastUpgrade, seconds } : lastUpgrade,
  };
}
