import type { V1Container, V1NodeSelectorTerm, V1Toleration } from '@kubernetes/client-node';
import { tryParseQuantity } from '../../../upgrade/kubernetes/quantity.ts';
import {
  larger,
  plus,
  type Amounts,
  type NodeTerm,
  type PodNeeds,
  type Toleration,
} from '../../../upgrade/drain/room.ts';
import { unexpected } from '../../runtime/step-error.ts';
import type { V1PodSpec } from './resources.ts';
import { toRequirement } from './selector.ts';

export function toNeeds(spec: V1PodSpec | undefined): PodNeeds {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    requests: requestsOf(spec),
    nodeSelector: spec?.nodeSelector ?? {},
    nodeTerms: toTerms(required?.nodeSelectorTerms),
    tolerations: (spec?.tolerations ?? []).map(toToleration),
  };
}

export const toTerms = (terms: readonly V1NodeSelectorTerm[] = []): readonly NodeTerm[] =>
  terms.map(({ matchExpressions, matchFields }) => ({
    expressions: (matchExpressions ?? []).map(toRequirement),
    fields: (matchFields ?? []).map(toRequirement),
  }));

export const toToleration = ({ key, operator, value, effect }: V1Toleration): Toleration => ({
  key: key || undefined,
  operator: operator === 'Exists' ? 'Exists' : 'Equal',
  value: value ?? '',
  effect: effect || undefined,
});

/**
 * Counts as the scheduler does: the sum of the containers, or the largest sum during the start (an init container and the
 * sidecars that run by then), whichever is larger. Requests of the pod itself replace that sum. The overhead is added.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
function requestsOf(spec: V1PodSpec | undefined): Amounts {
  let [starting, sidecars]: [Amounts, Amounts] = [{}, {}];
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, asked(container));
    starting = larger(starting, container.restartPolicy === 'Always' ? sidecars : plus(sidecars, asked(container)));
  }
  const running = (spec?.containers ?? []).map(asked).reduce(plus, sidecars);
  const whole = toAmounts(spec?.resources?.requests ?? {});
  return { ...plus({ ...larger(running, starting), ...whole }, toAmounts(spec?.overhead ?? {})), pods: 1 };
}

const asked = ({ resources }: V1Container): Amounts => toAmounts(resources?.requests ?? {});

export const toAmounts = (quantities: Readonly<Record<string, string>>): Amounts =>
  Object.fromEntries(Object.entries(quantities).map(([resource, text]) => [resource, toAmount(resource, text)]));

function toAmount(resource: string, text: string): number {
  const amount = tryParseQuantity(text);
  if (amount === undefined) throw unexpected(`saw ${resource} "${text}", expected a quantity such as 250m or 1Gi`);
  return amount;
}
