import {
  describeBudget,
  whyNeverEvictable,
  isSinglePod,
  protectionBy,
  protectionOf,
  shortName,
  type DeadlockPolicy,
  type DisruptionBudget,
} from '../../upgrade/drain/disruption-budget.ts';
import type { NodePod } from '../ports/cluster.ts';
import type { DrainProgress } from './progress.ts';

/**
 * Seconds for which each look must show the deadlock. A StatefulSet recreates its pod only after the old one
 * is gone, so a budget over two pods counts one for a moment.
 */
const STEADY_SECONDS = 15;
/** A deadlock that a deletion has not broken for good is looked at again after this. */
const AGAIN_SECONDS = 60;

export interface PodDeletion {
  readonly pod: NodePod;
  /** Past these. */
  readonly budgets: readonly DisruptionBudget[];
  readonly because: string;
}

/**
 * The first pod that may be deleted past its budgets now; one at a time, so that each deletion is judged by what the
 * one before has left. Only pods that the Eviction API has refused for their budget are thought of: admission comes before
 * budgets, and a webhook that denies an eviction may be moving the pod, such as a virtual machine of KubeVirt.
 */
export function tryFindDeletion(
  pods: readonly NodePod[],
  budgets: readonly DisruptionBudget[],
  policy: DeadlockPolicy,
  progress: DrainProgress,
): PodDeletion | undefined {
  const refused = pods.filter(
    ({ uid, controlled, terminating }) =>
      controlled && !terminating && isHeldByBudget(progress.rejected.get(uid)?.because),
  );
  return refused.flatMap((pod) => deletionOf(pod, budgets, policy, progress) ?? [])[0];
}

const BY_BUDGET =
  /^(?:Cannot evict pod as it would violate the pod's disruption budget|This pod has more than one PodDisruptionBudget)/;

const isHeldByBudget = (because = ''): boolean => BY_BUDGET.test(because);

function deletionOf(
  pod: NodePod,
  all: readonly DisruptionBudget[],
  policy: DeadlockPolicy,
  progress: DrainProgress,
): PodDeletion | undefined {
  const protection = protectionOf(pod, all);
  if (whyNeverEvictable(protection, pod, policy) !== undefined) return undefined;
  switch (protection.kind) {
    case 'free':
    case 'spared':
    case 'exhausted':
    case 'unsettled':
      return undefined;
    case 'deadlock': {
      const { budget } = protection;
      if (!isBreakable(budget, pod, progress)) return undefined;
      return { pod, budgets: [budget], because: `its budget can never allow its eviction. ${describeBudget(budget)}` };
    }
    case 'overlapping': {
      const { budgets } = protection;
      if (!budgets.every((budget) => allowsAlone(budget, pod, progress))) return undefined;
      const budgetLines = budgets.map(describeBudget).join(' ');
      return { pod, budgets, because: `several budgets cover it, and each of them can spare it. ${budgetLines}` };
    }
  }
}

/** One budget of several: what the Eviction API would have said of it alone. */
function allowsAlone(budget: DisruptionBudget, pod: NodePod, progress: DrainProgress): boolean {
  const { kind } = protectionBy(budget, pod);
  if (kind === 'deadlock') return isBreakable(budget, pod, progress);
  return (kind === 'free' || kind === 'spared') && isRetryDue(budget, progress);
}

function isBreakable(budget: DisruptionBudget, pod: NodePod, progress: DrainProgress): boolean {
  const {
    deadlockSeconds = -1,
    mostExpected = Infinity,
    deletedSecondsAgo,
  } = progress.budgets.get(shortName(budget)) ?? {};
  if (deadlockSeconds < STEADY_SECONDS || !isRetryDue(budget, progress)) return false;
  // More than one pod was counted before: then the lone one is what is left of several, unless we took that one down.
  if (isSinglePod(budget)) return mostExpected === 1 || deletedSecondsAgo !== undefined;
  return !pod.ready || budget.currentHealthy >= budget.expectedPods;
}

function isRetryDue(budget: DisruptionBudget, progress: DrainProgress): boolean {
  const ago = progress.budgets.get(shortName(budget))?.deletedSecondsAgo;
  return ago === undefined || ago >= AGAIN_SECONDS;
}
