import type { Rehearsal } from '../ports/rehearsal.ts';
import type { RehearsalReadings } from './cluster-state.ts';

/** Asks everything at the same time. A failed request becomes an unknown reading. */
export async function observe(rehearsal: Rehearsal): Promise<RehearsalReadings> {
  const [nodes, pods, budgets, pinnedVolumes, attachments, namespaces, policies, webhooks] = await Promise.all([
    rehearsal.nodes(),
    rehearsal.pods(),
    rehearsal.budgets(),
    rehearsal.pinnedVolumes(),
    rehearsal.attachments(),
    rehearsal.namespaces(),
    rehearsal.policies(),
    rehearsal.webhooks(),
  ]);
  return { nodes, pods, budgets, pinnedVolumes, attachments, namespaces, policies, webhooks };
}
