import { matchesSelector, type Labels, type LabelSelector } from '../kubernetes/label-selector.ts';

/** A PodDisruptionBudget, and what its controller last said of it. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  /** undefined covers no pod; one that says nothing covers every pod of the namespace. */
  readonly selector: LabelSelector | undefined;
  /** `always-allow`: a pod that is not ready may go whatever the budget says. */
  readonly unhealthyPods: 'if-healthy-budget' | 'always-allow';
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
  /** Why these numbers cannot be trusted: the controller is behind, or cannot count. Undefined when they can. */
  readonly unsettled: string | undefined;
}

/** What a budget asks of a pod. */
export interface Covered {
  readonly namespace: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/**
 * What stands between a pod and its eviction. `deadlock`: the budget can never allow it, whatever anybody waits for.
 * `exhausted`: it cannot at this moment. `overlapping`: the Eviction API answers 500 to several budgets over one pod.
 */
export type Protection =
  | { readonly kind: 'free' }
  | { readonly kind: 'spared' | 'exhausted' | 'deadlock' | 'unsettled'; readonly budget: DisruptionBudget }
  | { readonly kind: 'overlapping'; readonly budgets: readonly DisruptionBudget[] };

/** Which deadlocks a drain may break by deleting a pod: those of a lone pod, all of them, none. */
export const DEADLOCK_POLICIES = ['single', 'never', 'always'] as const;
export type DeadlockPolicy = (typeof DEADLOCK_POLICIES)[number];

export function protectionOf(pod: Covered, budgets: readonly DisruptionBudget[]): Protection {
  const [budget, ...others] = budgetsOver(pod, budgets);
  if (budget === undefined || costsNothing(pod)) return { kind: 'free' };
  if (others.length > 0) return { kind: 'overlapping', budgets: [budget, ...others] };
  return protectionBy(budget, pod);
}

/** In the order of their names. */
export const budgetsOver = (pod: Covered, budgets: readonly DisruptionBudget[]): DisruptionBudget[] =>
  budgets
    .filter(({ namespace, selector }) => namespace === pod.namespace && selector !== undefined)
    .filter(({ selector }) => selector !== undefined && matchesSelector(selector, pod.labels))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The API server asks no budget about these. */
const costsNothing = ({ phase, terminating }: Covered): boolean =>
  terminating || phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed';

/** Of one budget alone. */
export function protectionBy(budget: DisruptionBudget, { ready }: Covered): Protection {
  const { desiredHealthy, currentHealthy, disruptionsAllowed } = budget;
  if (!ready && budget.unhealthyPods === 'always-allow') return { kind: 'free' };
  if (whyUnsettled(budget) !== undefined) return { kind: 'unsettled', budget };
  if (!ready && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return { kind: 'spared', budget };
  if (disruptionsAllowed > 0) return { kind: 'spared', budget };
  return { kind: isDeadlock(budget) ? 'deadlock' : 'exhausted', budget };
}

export const isDeadlock = (budget: DisruptionBudget): boolean =>
  whyUnsettled(budget) === undefined && budget.desiredHealthy >= budget.expectedPods;

/** A budget that covers a pod and counts none has not been counted yet. */
const whyUnsettled = ({ unsettled, expectedPods }: DisruptionBudget): string | undefined =>
  unsettled ?? (expectedPods === 0 ? 'its controller has not counted its pods yet' : undefined);

/** Whether the pod is all that the budget counts: taking it down is what its owner signed up for with one replica. */
export const isLone = ({ expectedPods }: DisruptionBudget): boolean => expectedPods === 1;

/** Why waiting will never bring the pod off its node under this policy; undefined when it may. */
export function hopelessness(
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
      return hopelessDeadlock(protection.budget, controlled, policy);
    case 'overlapping':
      if (policy === 'always' && controlled) return undefined;
      return `several PodDisruptionBudgets cover it (${protection.budgets.map(shortName).join(', ')}), to which the Eviction API answers 500. Leave one of them${controlled ? `, ${OR_ALWAYS}` : ''}.`;
  }
}

function hopelessDeadlock(budget: DisruptionBudget, controlled: boolean, policy: DeadlockPolicy): string | undefined {
  const may = policy === 'always' || (policy === 'single' && isLone(budget));
  if (may && controlled) return undefined;
  const never = `${budgetName(budget)} can never allow its eviction: of ${budget.expectedPods} pods ${budget.desiredHealthy} must be healthy.`;
  if (!controlled) return `${never} No controller would make it anew, so it is not deleted either. Change the budget.`;
  const setting = isLone(budget) ? 'or set drain.deleteDeadlocked: single' : OR_ALWAYS;
  return `${never} Let the budget spare a pod, ${setting}.`;
}

const OR_ALWAYS = 'or set drain.deleteDeadlocked: always';

/** `namespace/name`; what a drain remembers a budget by. */
export const shortName = ({ namespace, name }: DisruptionBudget): string => `${namespace}/${name}`;
export const budgetName = (budget: DisruptionBudget): string => `PodDisruptionBudget ${shortName(budget)}`;

/** How it stands, for a person. */
export const describeBudget = (budget: DisruptionBudget): string =>
  `${budgetName(budget)}: ${budget.currentHealthy} of ${budget.expectedPods} pods are healthy, ${budget.desiredHealthy} must be, ${budget.disruptionsAllowed} may go${budget.unsettled === undefined ? '' : ` (${budget.unsettled})`}.`;
