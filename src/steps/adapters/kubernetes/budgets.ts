import type { DisruptionBudget } from '../../../upgrade/drain/disruption-budget.ts';
import type { ClusterReads } from '../../ports/cluster.ts';
import type { Api } from './api.ts';
import { BUDGETS, type V1PodDisruptionBudget } from './resources.ts';
import { toSelector } from './selector.ts';

export const budgetReads = (api: Api): Pick<ClusterReads, 'budgets'> => ({
  async budgets() {
    const budgets = await api.list(BUDGETS);
    return budgets.map(toBudget).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  },
});

const sortKey = ({ namespace, name }: DisruptionBudget): string => `${namespace}/${name}`;

function toBudget(budget: V1PodDisruptionBudget): DisruptionBudget {
  const { metadata, spec, status } = budget;
  const selector = spec?.selector ?? undefined;
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    // policy/v1: null selects no pod, {} every pod. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/
    selector: selector && toSelector(selector),
    unhealthyPods: spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'always-allow' : 'if-healthy-budget',
    desiredHealthy: status?.desiredHealthy ?? 0,
    expectedPods: status?.expectedPods ?? 0,
    currentHealthy: status?.currentHealthy ?? 0,
    disruptionsAllowed: status?.disruptionsAllowed ?? 0,
    unsettled: whyUnsettled(budget),
  };
}

/** The API server evicts nothing under a budget whose status is of an earlier spec. */
function whyUnsettled({ metadata, status }: V1PodDisruptionBudget): string | undefined {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return 'its status is of an earlier spec';
  const failed = status?.conditions?.find(
    ({ type, status: is, reason }) => type === 'DisruptionAllowed' && is === 'False' && reason === 'SyncFailed',
  );
  return failed && `its controller cannot count its pods: ${failed.message}`;
}
