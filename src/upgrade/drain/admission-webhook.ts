import { matchesSelector, type Labels, type LabelSelector } from '../kubernetes/label-selector.ts';

/** The requests that a webhook handles, as its configuration lists them. `*` matches everything. */
export interface WebhookRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

/** A webhook with failurePolicy Fail: without its answer the request fails. It includes the endpoints that answer. */
export interface AdmissionWebhook {
  /** `ValidatingWebhookConfiguration guard/pods.example.org`. */
  readonly name: string;
  /** `namespace/name` of its Service. */
  readonly service: string;
  readonly rules: readonly WebhookRule[];
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** Endpoints that are ready. */
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly node: string | undefined;
  readonly address: string;
}

/** A core/v1 request that a drain makes, or causes a controller to make. */
export interface WatchedRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: 'pods' | 'pods/eviction' | 'nodes';
  /** Labels of the namespace; undefined for a node. */
  readonly namespaceLabels: Labels | undefined;
  readonly labels: Labels;
}

/** One condition of a ValidatingAdmissionPolicy or of one of its bindings. */
export interface PolicyScope extends Asked {
  readonly excluded: readonly WebhookRule[];
}

/** A ValidatingAdmissionPolicy with a binding that denies requests. */
export interface AdmissionPolicy {
  readonly name: string;
  /** The policy applies to a request that matches all of these scopes. */
  readonly scopes: readonly PolicyScope[];
}

/** Returns whether the policy applies to a request. Its CEL expressions are not evaluated. */
export const mayDeny = ({ scopes }: AdmissionPolicy, request: WatchedRequest): boolean =>
  scopes.every((scope) => isAsked(scope, request) && !scope.excluded.some((rule) => covers(rule, request)));

type Asked = Pick<AdmissionWebhook, 'rules' | 'namespaceSelector' | 'objectSelector'>;

/**
 * Returns whether the webhook handles a request. CEL conditions are not evaluated: a webhook with conditions counts as
 * matching.
 */
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

/** `*` matches every resource without its subresources. `pods/*` matches pods and all their subresources. */
function coversResource(rule: string, asked: string): boolean {
  const [resource, subresource = ''] = rule.split('/');
  const [askedResource = '', askedSubresource = ''] = asked.split('/');
  return (resource === '*' || resource === askedResource) && (subresource === '*' || subresource === askedSubresource);
}
