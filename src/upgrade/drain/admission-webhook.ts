import { matchesSelector, type Labels, type LabelSelector } from '../kubernetes/label-selector.ts';

/** What a webhook is asked about, as its configuration says it; `*` is everything. */
export interface WebhookRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

/** A webhook without whose answer the request fails (failurePolicy Fail), and who answers for it. */
export interface AdmissionWebhook {
  /** `ValidatingWebhookConfiguration guard/pods.example.org`. */
  readonly name: string;
  /** `namespace/name` of its Service. */
  readonly service: string;
  readonly rules: readonly WebhookRule[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** Ready to answer. */
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly node: string | undefined;
  readonly address: string;
}

/** A request of core/v1 that a drain makes, or makes others make. */
export interface WatchedRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: 'pods' | 'pods/eviction' | 'nodes';
  /** Of the namespace; undefined for a node. */
  readonly namespaceLabels: Labels | undefined;
  readonly labels: Labels;
}

/** A part of what a ValidatingAdmissionPolicy and one of its bindings hold for. */
export interface PolicyScope extends Asked {
  readonly excluded: readonly WebhookRule[];
}

/** A ValidatingAdmissionPolicy with a binding that denies requests. */
export interface AdmissionPolicy {
  readonly name: string;
  /** The policy holds for a request that all of these cover. */
  readonly scopes: readonly PolicyScope[];
}

/** Whether the policy is asked about a request. Its expressions in CEL are not judged. */
export const mayDeny = ({ scopes }: AdmissionPolicy, request: WatchedRequest): boolean =>
  scopes.every((scope) => isAsked(scope, request) && !scope.excluded.some((rule) => covers(rule, request)));

type Asked = Pick<AdmissionWebhook, 'rules' | 'namespaceSelector' | 'objectSelector'>;

/** Conditions in CEL are not judged: a webhook with some counts as asked. */
export const isAsked = (webhook: Asked, request: WatchedRequest): boolean =>
  webhook.rules.some((rule) => covers(rule, request)) &&
  (request.namespaceLabels === undefined || matchesSelector(webhook.namespaceSelector, request.namespaceLabels)) &&
  matchesSelector(webhook.objectSelector, request.labels);

function covers(rule: WebhookRule, { operation, resource, namespaceLabels }: WatchedRequest): boolean {
  const scope = namespaceLabels === undefined ? 'Cluster' : 'Namespaced';
  return (
    hasOrAll(rule.operations, operation) &&
    hasOrAll(rule.apiGroups, '') &&
    hasOrAll(rule.apiVersions, 'v1') &&
    hasOrAll([rule.scope], scope) &&
    rule.resources.some((each) => coversResource(each, resource))
  );
}

const hasOrAll = (list: readonly string[], one: string): boolean => list.includes(one) || list.includes('*');

/** `*` is every resource without its subresources, `pods/*` pods and all that is below them. */
function coversResource(rule: string, asked: string): boolean {
  const [resource, subresource = ''] = rule.split('/');
  const [askedResource = '', askedSubresource = ''] = asked.split('/');
  return (resource === '*' || resource === askedResource) && (subresource === '*' || subresource === askedSubresource);
}
