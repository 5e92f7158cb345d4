import { isAsked, mayDeny, type AdmissionWebhook, type WatchedRequest } from '../../upgrade/drain/admission-webhook.ts';
import { nameList } from '../../text/name-list.ts';
import type { PlacedPod } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';
import {
  nodesToDrain,
  plannedEvictions,
  podOnNode,
  type DrainCheckResult,
  type ClusterState,
} from './cluster-state.ts';

/** Webhooks that the API server calls before it evicts or creates a pod or cordons a node, and their endpoints. */
export function judgeWebhooks(state: ClusterState, input: RehearseInput): DrainCheckResult {
  const asked = state.webhooks.flatMap((webhook) => {
    const about = matchedRequests(webhook, state, input);
    return about.length === 0 ? [] : [{ webhook, about: about.join(', ') }];
  });
  return {
    problems: asked
      .filter(({ webhook }) => webhook.endpoints.length === 0)
      .map(({ webhook, about }) => noEndpointProblem(webhook, about)),
    warnings: asked.flatMap(({ webhook, about }) => soleNodeWarning(webhook, about, input)),
  };
}

function matchedRequests(webhook: AdmissionWebhook, state: ClusterState, input: RehearseInput): string[] {
  const nodes = nodesToDrain(input);
  const requests = [
    ...plannedEvictions(state, input).flatMap(({ pod }) => requestsFor(pod, state)),
    ...state.nodes.filter(({ name }) => nodes.includes(name)).map(({ labels }) => nodeUpdate(labels)),
  ];
  const found = requests.filter((request) => isAsked(webhook, request));
  return [...new Set(found.map(({ operation, resource }) => `${operation} ${resource}`))].sort();
}

const requestsFor = (pod: PlacedPod, state: ClusterState): WatchedRequest[] => {
  const eviction = evictionOf(pod, state);
  const { namespaceLabels } = eviction;
  const about = { labels: pod.labels, namespaceLabels };
  return [
    eviction,
    { operation: 'DELETE', resource: 'pods', ...about },
    { operation: 'CREATE', resource: 'pods', ...about },
    { operation: 'UPDATE', resource: 'pods', ...about },
  ];
};

const evictionOf = ({ namespace }: PlacedPod, { namespaces }: ClusterState): WatchedRequest => ({
  operation: 'CREATE',
  resource: 'pods/eviction',
  labels: {},
  namespaceLabels: namespaces.get(namespace) ?? {},
});

const nodeUpdate = (labels: WatchedRequest['labels']): WatchedRequest => ({
  operation: 'UPDATE',
  resource: 'nodes',
  labels,
  namespaceLabels: undefined,
});

const noEndpointProblem = ({ name, service }: AdmissionWebhook, about: string): string =>
  `${name} must be called for ${about}, and its Service ${service} has no ready endpoint: those requests would fail. Restore the Service, or remove the webhook.`;

function soleNodeWarning(
  { name, service, endpoints }: AdmissionWebhook,
  about: string,
  input: RehearseInput,
): string[] {
  const nodes = [...new Set(endpoints.map((endpoint) => endpoint.node))];
  const [node] = nodes;
  if (nodes.length !== 1 || node === undefined || !nodesToDrain(input).includes(node)) return [];
  return [
    `${name} must be called for ${about}, and all endpoints of its Service ${service} (${nameList(endpoints.map(({ address }) => address))}) are on ${node}: while ${node} is drained, those requests fail until an endpoint is ready elsewhere.`,
  ];
}

/** Policies that match evictions. Their expressions are not evaluated here. */
export function policyWarnings(state: ClusterState, input: RehearseInput): string[] {
  const evictions = plannedEvictions(state, input);
  return state.policies.flatMap((policy) => {
    const matched = evictions.filter(({ pod }) => mayDeny(policy, evictionOf(pod, state)));
    if (matched.length === 0) return [];
    return [
      `ValidatingAdmissionPolicy ${policy.name} may deny the eviction of ${nameList(matched.map(podOnNode))}. Each drain asks with a dry run before its cordon, and ends if the policy denies it. See: kubectl get validatingadmissionpolicy ${policy.name} -o yaml`,
    ];
  });
}
