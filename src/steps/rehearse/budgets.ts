import {
  budgetName,
  describeBudget,
  whyNeverEvictable,
  protectionOf,
  type DisruptionBudget,
} from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../upgrade/drain/policy.ts';
import { nameList } from '../../text/name-list.ts';
import type { RehearseInput } from './contract.ts';
import { plannedEvictions, podOnNode, whenReady, type ClusterState, type PlannedEviction } from './cluster-state.ts';

/** Pods that the filters of the drain do not evict. */
export const filterProblems = (state: ClusterState, input: RehearseInput): string[] =>
  plannedEvictions(state, input).flatMap((eviction) => {
    const status = filterStatus(eviction.pod, input);
    return status.kind === 'object' ? [`${podOnNode(eviction)}: ${status.because}.`] : [];
  });

/** Pods that no drain can evict, however long it waits: one line for each reason. */
export function neverEvictable(state: ClusterState, input: RehearseInput): string[] {
  const whyNever = ({ pod }: PlannedEviction): string | undefined =>
    whyNeverEvictable(protectionOf(whenReady(pod), state.budgets), pod, input.deleteDeadlocked);
  const byReason = Map.groupBy(plannedEvictions(state, input), whyNever);
  return [...byReason].flatMap(([why, evictions]) =>
    why === undefined ? [] : [`${nameList(evictions.map(podOnNode))}: ${why}`],
  );
}

/**
 * Budgets that allow no eviction at this moment because their pods are not healthy. A drain waits for them until
 * `drain.timeoutSeconds`: https://github.com/kubernetes/enhancements/blob/master/keps/sig-apps/3017-pod-healthy-policy-for-pdb/README.md
 */
export function unhealthyBudgets(state: ClusterState, input: RehearseInput): string[] {
  const unhealthyBudgetOf = ({ pod }: PlannedEviction): DisruptionBudget | undefined => {
    const protection = protectionOf(pod, state.budgets);
    if (protection.kind !== 'exhausted') return undefined;
    const { budget } = protection;
    return budget.currentHealthy < budget.desiredHealthy ? budget : undefined;
  };
  const byBudget = Map.groupBy(plannedEvictions(state, input), unhealthyBudgetOf);
  return [...byBudget].flatMap(([budget, evictions]) =>
    budget === undefined
      ? []
      : [
          `${nameList(evictions.map(podOnNode))}: the drain waits until more pods are healthy. ${describeBudget(budget)} Repair the pods. To let pods go that are not ready, set unhealthyPodEvictionPolicy: AlwaysAllow in ${budgetName(budget)}.`,
        ],
  );
}
