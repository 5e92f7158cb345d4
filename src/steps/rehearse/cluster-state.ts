import { objectName } from '../../text/object-name.ts';
import type { AdmissionPolicy, AdmissionWebhook } from '../../upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { isOwnStep, filterStatus } from '../../upgrade/drain/policy.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { NodeRoom } from '../../upgrade/drain/room.ts';
import type { PinnedVolume, PlacedPod, PlacedVolume } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';

interface RehearsalFacts {
  readonly nodes: readonly NodeRoom[];
  readonly pods: readonly PlacedPod[];
  readonly budgets: readonly DisruptionBudget[];
  readonly pinnedVolumes: readonly PinnedVolume[];
  readonly attachments: readonly PlacedVolume[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly AdmissionPolicy[];
  readonly webhooks: readonly AdmissionWebhook[];
}

export type RehearsalReadings = { readonly [Name in keyof RehearsalFacts]: Reading<RehearsalFacts[Name]> };

/** The cluster in which the drains are rehearsed. */
export interface ClusterState extends Omit<RehearsalFacts, 'pods'> {
  /** By the name of the node; pods without one are not here. */
  readonly podsOn: ReadonlyMap<string, readonly PlacedPod[]>;
}

export interface DrainCheckResult {
  /** Each is a reason to refuse. */
  readonly problems: readonly string[];
  /** Logged. They do not refuse the run. */
  readonly warnings: readonly string[];
}

/** In the order in which they are drained. */
export const nodesToDrain = ({ controlPlanes, workers }: RehearseInput): string[] =>
  [...controlPlanes, ...workers].map(({ name }) => name);

/** Pods that a drain of the node would evict. A step of this project ends by itself before. */
export const podsToEvict = (node: string, { podsOn }: ClusterState, input: RehearseInput): PlacedPod[] =>
  (podsOn.get(node) ?? []).filter(
    (pod) => !pod.terminating && !isOwnStep(pod, input) && filterStatus(pod, input).kind !== 'leave',
  );

/** The pods of every drain, in the order of the drains. */
export const plannedEvictions = (state: ClusterState, input: RehearseInput): PlannedEviction[] =>
  nodesToDrain(input).flatMap((node) => podsToEvict(node, state, input).map((pod) => ({ node, pod })));

export interface PlannedEviction {
  readonly node: string;
  readonly pod: PlacedPod;
}

export const podOnNode = ({ node, pod }: PlannedEviction): string => `${objectName(pod)} on ${node}`;

/** A pod that is not ready yet is expected to be ready when the drain of its node begins. */
export const whenReady = (pod: PlacedPod): PlacedPod => ({ ...pod, phase: 'Running', ready: true });

/** The PersistentVolumeClaims that the pod uses, as `namespace/name`. */
export const claimNames = ({ namespace, claims }: PlacedPod): string[] =>
  claims.map((name) => objectName({ namespace, name }));
