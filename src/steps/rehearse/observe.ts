import type { AdmissionPolicy, AdmissionWebhook } from '../../upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { NodeRoom } from '../../upgrade/drain/room.ts';
import type { PinnedVolume, PlacedPod, PlacedVolume, Rehearsal } from '../ports/rehearsal.ts';

export interface RehearsalReadings {
  readonly nodes: Reading<readonly NodeRoom[]>;
  readonly pods: Reading<readonly PlacedPod[]>;
  readonly budgets: Reading<readonly DisruptionBudget[]>;
  readonly pinnedVolumes: Reading<readonly PinnedVolume[]>;
  readonly attachments: Reading<readonly PlacedVolume[]>;
  readonly namespaces: Reading<ReadonlyMap<string, Labels>>;
  readonly policies: Reading<readonly AdmissionPolicy[]>;
  readonly webhooks: Reading<readonly AdmissionWebhook[]>;
}

/** Everything at once; what fails is a reading. */
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
