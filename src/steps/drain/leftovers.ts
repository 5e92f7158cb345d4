import { objectName } from '../../text/object-name.ts';
import { remedyFor, parseForbidden } from '../../upgrade/drain/admission-denial.ts';
import { howAttached, removal, volumeName, whyNeverDetached } from '../../upgrade/drain/attached-volume.ts';
import { budgetsOver, describeBudget } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { AttachedVolume, NodePod } from '../ports/cluster.ts';
import type { DrainProgress } from './progress.ts';
import type { DrainFacts } from './observe.ts';

/**
 * Volumes that no remaining pod needs. Their detachment is part of the drain. A volume whose PersistentVolume or driver is gone
 * is never detached and no pod elsewhere can use it. The drain does not wait for it.
 */
export function volumesToDetach({ pods, attached }: DrainFacts, policy: DrainPolicy): AttachedVolume[] {
  const staying = pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const needed = staying
    .filter((pod) => filterStatus(pod, policy).kind === 'leave')
    .flatMap(({ namespace, claims }) => claims.map((claim) => `${namespace}/${claim}`));
  return attached.filter(
    (volume) =>
      whyNeverDetached(volume) === undefined && (volume.claim === undefined || !needed.includes(volume.claim)),
  );
}

/** A sentence for each volume that stays attached although the node is drained. */
export const stillAttached = (attached: readonly AttachedVolume[]): string[] =>
  attached.flatMap((volume) => {
    const never = whyNeverDetached(volume);
    return never === undefined ? [] : [`${volumeName(volume)} stays attached: ${never}. ${removal(volume)}`];
  });

/** A line for each pod, and for each volume once no pod is left: what it is, and what holds it. */
export function remaining(facts: DrainFacts, policy: DrainPolicy, progress: DrainProgress): string[] {
  const departing = facts.pods.filter((pod) => filterStatus(pod, policy).kind === 'evict');
  const volumes = departing.length > 0 ? [] : volumesToDetach(facts, policy);
  return [
    ...departing.map((pod) => `${objectName(pod)}: ${whyStillThere(pod, facts, progress)}`),
    ...volumes.map((volume) => `${volumeName(volume)}: still attached. ${howAttached(volume)}`),
  ];
}

function whyStillThere(pod: NodePod, { budgets, nowMs }: DrainFacts, progress: DrainProgress): string {
  if (pod.terminating) return `terminating, has not ended${overdue(pod, nowMs)}.${finalizersOf(pod)}`;
  const rejected = progress.rejected.get(pod.uid);
  const budgetLines = budgetsOver(pod, budgets).map(describeBudget);
  return [
    rejected === undefined ? 'not evicted yet.' : evictionAnswer(rejected.because),
    ...(rejected === undefined ? [] : budgetLines),
  ].join(' ');
}

/** What the API server said; where an admission policy or webhook denies it, also what to do. */
export function evictionAnswer(because: string): string {
  const forbidden = parseForbidden(because);
  return forbidden.kind === 'denied' ? `${because} ${remedyFor(forbidden.denial)}.` : because;
}

const overdue = ({ dueAtMs }: NodePod, nowMs: number): string => {
  const seconds = dueAtMs === undefined ? 0 : Math.floor((nowMs - dueAtMs) / 1000);
  return seconds > 0 ? `, ${seconds} s past its grace` : '';
};

const finalizersOf = ({ finalizers }: NodePod): string =>
  finalizers.length === 0 ? '' : ` Its finalizers: ${[...finalizers].sort().join(', ')}.`;

export const isOverdue = ({ terminating, dueAtMs }: NodePod, nowMs: number): boolean =>
  terminating && dueAtMs !== undefined && nowMs > dueAtMs;
