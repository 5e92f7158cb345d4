import type { V1LabelSelector } from '@kubernetes/client-node';
import type { LabelSelector, Requirement } from '../../../upgrade/kubernetes/label-selector.ts';
import { unexpected } from '../../runtime/step-error.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

export const toSelector = ({ matchLabels, matchExpressions }: V1LabelSelector): LabelSelector => ({
  labels: matchLabels ?? {},
  expressions: (matchExpressions ?? []).map(toRequirement),
});

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** An operator that Kubernetes has learned since is not passed over: what it selects is not known. */
export function toRequirement({ key, operator, values }: Expression): Requirement {
  const known = OPERATORS.find((each) => each === operator);
  if (known === undefined)
    throw unexpected(`a selector asks for ${key} ${operator}, expected one of ${OPERATORS.join(', ')}`);
  return { key, operator: known, values: values ?? [] };
}
