import { objectName } from '../../text/object-name.ts';
import type { AdmissionPolicy, AdmissionWebhook } from '../../upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { isOwnStep, filterStatus } from '../../upgrade/drain/policy.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { NodeRoom } from '../../upgrade/drain/room.ts';
import type { PinnedVolume, PlacedPod, PlacedVolume } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';

/** The cluster in which the drains are rehearsed. */
export interface ClusterState {
  readonly nodes: readonly NodeRoom[];
  /** By the name of the node; pods without one are not here. */
  readonly podsOn: ReadonlyMap<string, readonly PlacedPod[]>;
  readonly budgets: readonly DisruptionBudget[];
  readonly pinnedVolumes: readonly PinnedVolume[];
  readonly attachments: readonly PlacedVolume[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly AdmissionPolicy[];
  readonly webhooks: readonly AdmissionWebhook[];
}

export interface DrainCheckResult {
  /** Each a reason not to begin. */
  readonly problems: readonly string[];
  /** Said, and not in the way. */
  readonly warnings: readonly string[];
}

/** In the order in which they are drained. */
export const nodesToDrain = ({ controlPlanes, workers }: RehearseInput): string[] =>
  [...controlPlanes, ...workers].map(({ name }) => name);

/** Pods that a drain of the node would take away. A step of ours ends by itself before. */
export const podsToEvict = (node: string, { podsOn }: ClusterState, input: RehearseInput): PlacedPod[] =>
  (podsOn.get(node) ?? []).filter(
    (pod) => !pod.terminating && !isOwnStep(pod, input) && filterStatus(pod, input).kind !== 'leave',
  );

/** One that is still on its way is well by the time its node has its turn, and counts then. */
export const whenReady = (pod: PlacedPod): PlacedPod => ({ ...pod, phase: 'Running', ready: true });

/** The PersistentVolumeClaims that the pod uses, as `namespace/name`. */
export const claimNames = ({ namespace, claims }: PlacedPod): string[] =>
  claims.map((name) => objectName({ namespace, name }));
