import { matchesSelector, type Labels, type LabelSelector } from '../kubernetes/label-selector.ts';

/** A PodDisruptionBudget with its last reported status. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  /** undefined matches no pod. An empty selector matches every pod of the namespace. */
  readonly selector: LabelSelector | undefined;
  /** `always-allow`: the budget never blocks the eviction of a pod that is not ready. */
  readonly unhealthyPods: 'if-healthy-budget' | 'always-allow';
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
  /** Why the status cannot be trusted: the controller is behind, or cannot count. Undefined when it can. */
  readonly unsettled: string | undefined;
}

/** The fields of a pod that a budget reads. */
export interface CoveredPod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/**
 * What protects a pod from eviction. `deadlock`: the budget can never allow it, so waiting does not help.
 * `exhausted`: the budget does not allow it now. `overlapping`: the Eviction API answers 500 when several budgets cover
 * one pod.
 */
export type Protection =
  | { readonly kind: 'free' }
  | { readonly kind: 'spared' | 'exhausted' | 'deadlock' | 'unsettled'; readonly budget: DisruptionBudget }
  | { readonly kind: 'overlapping'; readonly budgets: readonly DisruptionBudget[] };

/** Deadlocks that a drain may break by deleting a pod: those of a single pod, none, or all of them. */
export const DEADLOCK_POLICIES = ['single', 'never', 'always'] as const;
export type DeadlockPolicy = (typeof DEADLOCK_POLICIES)[number];

export function protectionOf(pod: CoveredPod, budgets: readonly DisruptionBudget[]): Protection {
  const [budget, ...others] = budgetsOver(pod, budgets);
  if (budget === undefined || costsNothing(pod)) return { kind: 'free' };
  if (others.length > 0) return { kind: 'overlapping', budgets: [budget, ...others] };
  return protectionBy(budget, pod);
}

/** Returns the budgets that cover the pod, sorted by name. */
export const budgetsOver = (pod: CoveredPod, budgets: readonly DisruptionBudget[]): DisruptionBudget[] =>
  budgets
    .filter(({ namespace, selector }) => namespace === pod.namespace && selector !== undefined)
    .filter(({ selector }) => selector !== undefined && matchesSelector(selector, pod.labels))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The API server checks no budget for these pods. */
const costsNothing = ({ phase, terminating }: CoveredPod): boolean =>
  terminating || phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed';

/** Returns the protection by one budget. */
export function protectionBy(budget: DisruptionBudget, { ready }: CoveredPod): Protection {
  const { desiredHealthy, currentHealthy, disruptionsAllowed } = budget;
  if (!ready && budget.unhealthyPods === 'always-allow') return { kind: 'free' };
  if (whyUnsettled(budget) !== undefined) return { kind: 'unsettled', budget };
  if (!ready && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return { kind: 'spared', budget };
  if (disruptionsAllowed > 0) return { kind: 'spared', budget };
  return { kind: isDeadlock(budget) ? 'deadlock' : 'exhausted', budget };
}

export const isDeadlock = (budget: DisruptionBudget): boolean =>
  whyUnsettled(budget) === undefined && budget.desiredHealthy >= budget.expectedPods;

/** A budget that covers a pod and expects none has no counts yet. */
const whyUnsettled = ({ unsettled, expectedPods }: DisruptionBudget): string | undefined =>
  unsettled ?? (expectedPods === 0 ? 'its controller has not counted its pods yet' : undefined);

/**
 * Returns whether this pod is the only one that the budget counts. Its owner accepted the downtime with one replica.
 */
export const isSinglePod = ({ expectedPods }: DisruptionBudget): boolean => expectedPods === 1;

/** Returns why waiting never lets the pod leave its node under this policy; undefined when it may. */
export function whyNeverEvictable(
  protection: Protection,
  { controlled }: { readonly controlled: boolean },
  policy: DeadlockPolicy,
): string | undefined {
  switch (protection.kind) {
    case 'free':
    case 'spared':
    case 'exhausted':
      return undefined;
    case 'unsettled':
      return `${budgetName(protection.budget)} cannot be judged: ${whyUnsettled(protection.budget) ?? 'no reason given'}.`;
    case 'deadlock':
      return whyDeadlocked(protection.budget, controlled, policy);
    case 'overlapping':
      if (policy === 'always' && controlled) return undefined;
      return `several PodDisruptionBudgets cover it (${protection.budgets.map(shortName).join(', ')}), to which the Eviction API answers 500. Leave one of them${controlled ? `, ${OR_ALWAYS}` : ''}.`;
  }
}

function whyDeadlocked(budget: DisruptionBudget, controlled: boolean, policy: DeadlockPolicy): string | undefined {
  const may = policy === 'always' || (policy === 'single' && isSinglePod(budget));
  if (may && controlled) return undefined;
  const never = `${budgetName(budget)} can never allow its eviction: of ${budget.expectedPods} pods ${budget.desiredHealthy} must be healthy.`;
  if (!controlled) return `${never} No controller would recreate it, so it is not deleted either. Change the budget.`;
  const setting = isSinglePod(budget) ? 'or set drain.deleteDeadlocked: single' : OR_ALWAYS;
  return `${never} Let the budget spare a pod, ${setting}.`;
}

const OR_ALWAYS = 'or set drain.deleteDeadlocked: always';

/** Returns `namespace/name`. A drain identifies a budget by it. */
export const shortName = ({ namespace, name }: DisruptionBudget): string => `${namespace}/${name}`;
export const budgetName = (budget: DisruptionBudget): string => `PodDisruptionBudget ${shortName(budget)}`;

/** Returns the status of the budget for a person. */
export const describeBudget = (budget: DisruptionBudget): string =>
  `${budgetName(budget)}: ${budget.currentHealthy} of ${budget.expectedPods} pods are healthy, ${budget.desiredHealthy} must be, ${budget.disruptionsAllowed} may go${budget.unsettled === undefined ? '' : ` (${budget.unsettled})`}.`;
