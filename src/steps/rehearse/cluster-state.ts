import type { AdmissionPolicy, AdmissionWebhook } from '../../upgrade/drain/admission-webhook.ts';
import type { DeadlockPolicy, DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { isOwnStep, filterStatus, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { NodeTask } from '../../upgrade/node/order.ts';
import type { NodeRoom } from '../../upgrade/drain/room.ts';
import type { PinnedVolume, PlacedPod, PlacedVolume } from '../ports/rehearsal.ts';

export interface RehearsalWish extends DrainPolicy {
  readonly controlPlanes: readonly NodeTask[];
  readonly workers: readonly NodeTask[];
  readonly maxUnavailable: number;
  readonly deleteDeadlocked: DeadlockPolicy;
  readonly noRoom: 'refuse' | 'warn';
}

/** The cluster in which the drains are rehearsed. */
export interface Scene {
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

export interface Remarks {
  /** Each a reason not to begin. */
  readonly problems: readonly string[];
  /** Said, and not in the way. */
  readonly warnings: readonly string[];
}

/** In the order of their turns. */
export const nodesToDrain = ({ controlPlanes, workers }: RehearsalWish): string[] =>
  [...controlPlanes, ...workers].map(({ name }) => name);

/** Pods that a drain of the node would take away. A step of ours ends by itself before. */
export const moversOf = (node: string, { podsOn }: Scene, wish: RehearsalWish): PlacedPod[] =>
  (podsOn.get(node) ?? []).filter(
    (pod) => !pod.terminating && !isOwnStep(pod, wish) && filterStatus(pod, wish).kind !== 'leave',
  );

/** One that is still on its way is well by the time its node has its turn, and counts then. */
export const asItWillBe = (pod: PlacedPod): PlacedPod => ({ ...pod, phase: 'Running', ready: true });
