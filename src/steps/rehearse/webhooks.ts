import { isAsked, type AdmissionWebhook, type WatchedRequest } from '../../upgrade/drain/admission-webhook.ts';
import { nameList } from '../../text/name-list.ts';
import type { PlacedPod } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';
import { podsToEvict, nodesToDrain, type DrainCheckResult, type ClusterState } from './cluster-state.ts';

/** Webhooks that must answer before a pod is evicted or created, or a node is cordoned, and the pods behind them. */
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
  const movers = nodes.flatMap((node) => podsToEvict(node, state, input));
  const requests = [
    ...movers.flatMap((pod) => requestsFor(pod, state)),
    ...state.nodes.filter(({ name }) => nodes.includes(name)).map(({ labels }) => nodeUpdate(labels)),
  ];
  const found = requests.filter((request) => isAsked(webhook, request));
  return [...new Set(found.map(({ operation, resource }) => `${operation} ${resource}`))].sort();
}

const requestsFor = ({ namespace, labels }: PlacedPod, { namespaces }: ClusterState): WatchedRequest[] => {
  const of = { namespaceLabels: namespaces.get(namespace) ?? {} };
  return [
    { operation: 'CREATE', resource: 'pods/eviction', labels: {}, ...of },
    { operation: 'DELETE', resource: 'pods', labels, ...of },
    { operation: 'CREATE', resource: 'pods', labels, ...of },
    { operation: 'UPDATE', resource: 'pods', labels, ...of },
  ];
};

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
  const homes = [...new Set(endpoints.map(({ node }) => node))];
  const [home] = homes;
  if (homes.length !== 1 || home === undefined || !nodesToDrain(input).includes(home)) return [];
  return [
    `${name} must be called for ${about}, and all endpoints of its Service ${service} (${nameList(endpoints.map(({ address }) => address))}) are on ${home}: while ${home} is drained those requests fail until an endpoint is ready elsewhere.`,
  ];
}
