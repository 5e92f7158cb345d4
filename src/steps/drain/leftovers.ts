import { objectName } from '../../text/object-name.ts';
import { remedyFor, parseForbidden } from '../../upgrade/drain/admission-denial.ts';
import { howAttached, removal, volumeName, whyNeverDetached } from '../../upgrade/drain/attached-volume.ts';
import { budgetsOver, describeBudget } from '../../upgrade/drain/disruption-budget.ts';
import { opinionOn, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { AttachedVolume, NodePod } from '../ports/cluster.ts';
import type { Recollection } from './memory.ts';
import type { DrainFacts } from './observe.ts';

/**
 * Volumes that no remaining pod needs. Their detachment is part of the drain. A volume whose PersistentVolume or driver is gone
 * is never detached and no pod elsewhere can use it. The drain does not wait for it.
 */
export function volumesToGo({ pods, attached }: DrainFacts, policy: DrainPolicy): AttachedVolume[] {
  const staying = pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const needed = staying
    .filter((pod) => opinionOn(pod, policy).kind === 'leave')
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
export function whatIsLeft(facts: DrainFacts, policy: DrainPolicy, memory: Recollection): string[] {
  const going = facts.pods.filter((pod) => opinionOn(pod, policy).kind === 'evict');
  const volumes = going.length > 0 ? [] : volumesToGo(facts, policy);
  return [
    ...going.map((pod) => `${objectName(pod)}: ${whyStillThere(pod, facts, memory)}`),
    ...volumes.map((volume) => `${volumeName(volume)}: still attached. ${howAttached(volume)}`),
  ];
}

function whyStillThere(pod: NodePod, { budgets, nowMs }: DrainFacts, memory: Recollection): string {
  if (pod.terminating) return `told to end, has not ended${overdue(pod, nowMs)}.${finalizersOf(pod)}`;
  const held = memory.held.get(pod.uid);
  const stand = budgetsOver(pod, budgets).map(describeBudget);
  return [
    held === undefined ? 'not evicted yet.' : heldBecause(held.because),
    ...(held === undefined ? [] : stand),
  ].join(' ');
}

/** What the API server said; where an admission policy or webhook denies it, also what to do. */
export function heldBecause(because: string): string {
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
