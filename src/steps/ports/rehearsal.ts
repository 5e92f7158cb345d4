import type { AdmissionPolicy, AdmissionWebhook } from '../../upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { NodeRoom, NodeTerm, PodNeeds } from '../../upgrade/drain/room.ts';
import type { AttachedVolume, NodePod } from './cluster.ts';

/** A pod that has not ended, and what it asks of a node. */
export interface PlacedPod extends NodePod {
  /** Undefined while it waits for one. */
  readonly node: string | undefined;
  readonly needs: PodNeeds;
}

/** A volume and the node that it is attached to. */
export interface PlacedVolume extends AttachedVolume {
  readonly node: string;
}

/** A volume that can be reached from some nodes only. */
export interface PinnedVolume {
  /** `namespace/name` of the claim that it is bound to. */
  readonly claim: string;
  readonly nodeTerms: readonly NodeTerm[];
}

/**
 * What a rehearsal of the drains asks. Nothing of this file throws for a fault outside of the step: what could not be seen is
 * a reading that names the permission or the server that was missing.
 */
export interface Rehearsal {
  nodes(): Promise<Reading<readonly NodeRoom[]>>;
  pods(): Promise<Reading<readonly PlacedPod[]>>;
  budgets(): Promise<Reading<readonly DisruptionBudget[]>>;
  pinnedVolumes(): Promise<Reading<readonly PinnedVolume[]>>;
  /** Every volume that is attached to a node. */
  attachments(): Promise<Reading<readonly PlacedVolume[]>>;
  /** Labels by the name of the namespace. */
  namespaces(): Promise<Reading<ReadonlyMap<string, Labels>>>;
  /** ValidatingAdmissionPolicies that may deny requests, once for each of their bindings. */
  policies(): Promise<Reading<readonly AdmissionPolicy[]>>;
  /** Only those without whose answer a request fails, and that a Service of the cluster answers for. */
  webhooks(): Promise<Reading<readonly AdmissionWebhook[]>>;
}
