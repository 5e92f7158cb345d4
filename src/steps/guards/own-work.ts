import type { Alert } from '../../signals/alert-gate.ts';
import { isUpgradeAlert, type OwnWork } from '../../signals/own-work.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { NodeReads } from '../ports/cluster.ts';
import { reading } from '../runtime/step-error.ts';

/**
 * Lists the nodes when an alert fires that an upgrade can explain. `watched`: the node whose soak is being watched.
 * Undefined when no such alert fires, or when the nodes cannot be read: then every alert counts.
 */
export async function ownWork(
  cluster: Pick<NodeReads, 'nodes'>,
  firing: Reading<readonly Alert[]> | undefined,
  watched?: string,
): Promise<OwnWork | undefined> {
  if (firing === undefined || !firing.known || !firing.value.some(isUpgradeAlert)) return undefined;
  const nodes = await reading(cluster.nodes());
  if (!nodes.known) return undefined;
  return { nodes: nodes.value, ...(watched !== undefined && { watched }) };
}
