import type { V1LabelSelector, V1MatchResources } from '@kubernetes/client-node';
import type { AdmissionPolicy, PolicyScope, WebhookRule } from '../../../upgrade/drain/admission-webhook.ts';
import type { LabelSelector } from '../../../upgrade/kubernetes/label-selector.ts';
import { unlessMissing, type Api } from './api.ts';
import { POLICIES, POLICY_BINDINGS, type V1ValidatingAdmissionPolicy } from './resources.ts';
import { toSelector } from './selector.ts';

/**
 * The ValidatingAdmissionPolicies that may deny requests: those with a binding whose action is Deny. An API server before 1.30
 * does not serve them as `v1`, so there are none.
 */
export async function listPolicies(api: Api): Promise<readonly AdmissionPolicy[]> {
  const [policies, bindings] = await Promise.all([
    unlessMissing(api.list(POLICIES)),
    unlessMissing(api.list(POLICY_BINDINGS)),
  ]);
  const denying = (bindings ?? []).filter(({ spec }) => spec.validationActions.includes('Deny'));
  return denying
    .flatMap(({ spec }) =>
      (policies ?? [])
        .filter(({ metadata }) => metadata?.name === spec.policyName)
        .map((policy) => toPolicy(policy, spec.matchResources)),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const toPolicy = ({ metadata, spec }: V1ValidatingAdmissionPolicy, bound?: V1MatchResources): AdmissionPolicy => ({
  name: metadata?.name ?? '',
  scopes: [spec?.matchConstraints, bound].filter((each) => each !== undefined).map(toScope),
});

/** Without a selector, everything is selected. */
export const selectorOf = (selector: V1LabelSelector | undefined): LabelSelector =>
  selector === undefined ? { labels: {}, expressions: [] } : toSelector(selector);

/** A binding without rules holds for whatever its policy is asked about. */
const toScope = (match: V1MatchResources): PolicyScope => ({
  rules: (match.resourceRules ?? []).length === 0 ? [EVERY_RULE] : (match.resourceRules ?? []).map(toRule),
  excluded: (match.excludeResourceRules ?? []).filter(({ resourceNames }) => resourceNames === undefined).map(toRule),
  namespaceSelector: selectorOf(match.namespaceSelector),
  objectSelector: selectorOf(match.objectSelector),
});

const EVERY_RULE: WebhookRule = {
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*', '*/*'],
  scope: '*',
};

/** The rule of a policy or of a webhook. */
export const toRule = (rule: Partial<WebhookRule>): WebhookRule => ({
  operations: rule.operations ?? [],
  apiGroups: rule.apiGroups ?? [],
  apiVersions: rule.apiVersions ?? [],
  resources: rule.resources ?? [],
  scope: rule.scope ?? '*',
});
