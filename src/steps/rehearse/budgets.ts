import { objectName } from '../../text/object-name.ts';
import { budgetName, describeBudget, whyNeverEvictable, protectionOf } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../upgrade/drain/policy.ts';
import { nameList } from '../../text/name-list.ts';
import type { RehearseInput } from './contract.ts';
import { whenReady, podsToEvict, nodesToDrain, type ClusterState } from './cluster-state.ts';

/** Pods that the policy does not let go. */
export const filterProblems = (state: ClusterState, input: RehearseInput): string[] =>
  nodesToDrain(input).flatMap((node) =>
    podsToEvict(node, state, input).flatMap((pod) => {
      const opinion = filterStatus(pod, input);
      return opinion.kind === 'object' ? [`${objectName(pod)} on ${node}: ${opinion.because}.`] : [];
    }),
  );

/** Pods that no waiting would bring off their node: one line for all to which the same applies. */
export function neverEvictable(state: ClusterState, input: RehearseInput): string[] {
  const found = nodesToDrain(input).flatMap((node) =>
    podsToEvict(node, state, input).flatMap((pod) => {
      const why = whyNeverEvictable(protectionOf(whenReady(pod), state.budgets), pod, input.deleteDeadlocked);
      return why === undefined ? [] : [{ why, pod: `${objectName(pod)} on ${node}` }];
    }),
  );
  const byReason = Map.groupBy(found, ({ why }) => why);
  return [...byReason].map(([why, pods]) => `${nameList(pods.map(({ pod }) => pod))}: ${why}`);
}

/**
 * Budgets that allow no eviction at this moment because their pods are not healthy. A drain waits for them until
 * `drain.timeoutSeconds`: https://github.com/kubernetes/enhancements/blob/master/keps/sig-apps/3017-pod-healthy-policy-for-pdb/README.md
 */
export function unhealthyBudgets(state: ClusterState, input: RehearseInput): string[] {
  const found = nodesToDrain(input).flatMap((node) =>
    podsToEvict(node, state, input).flatMap((pod) => {
      const protection = protectionOf(pod, state.budgets);
      if (protection.kind !== 'exhausted') return [];
      const { budget } = protection;
      return budget.currentHealthy < budget.desiredHealthy ? [{ budget, pod: `${objectName(pod)} on ${node}` }] : [];
    }),
  );
  const byBudget = Map.groupBy(found, ({ budget }) => budget);
  return [...byBudget].map(
    ([budget, pods]) =>
      `${nameList(pods.map(({ pod }) => pod))}: the drain waits until more pods are healthy. ${describeBudget(budget)} Repair the pods. To let pods go that are not ready, set unhealthyPodEvictionPolicy: AlwaysAllow in ${budgetName(budget)}.`,
  );
}
