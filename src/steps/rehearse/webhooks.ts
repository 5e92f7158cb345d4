import { isAsked, type AdmissionWebhook, type WatchedRequest } from '../../upgrade/drain/admission-webhook.ts';
import { nameList } from '../../text/name-list.ts';
import type { PlacedPod } from '../ports/rehearsal.ts';
import { moversOf, nodesToDrain, type Remarks, type RehearsalWish, type Scene } from './cluster-state.ts';

/** Webhooks that must answer before a pod is evicted or created, or a node is cordoned, and the pods behind them. */
export function judgeWebhooks(scene: Scene, wish: RehearsalWish): Remarks {
  const asked = scene.webhooks.flatMap((webhook) => {
    const about = whatIsAsked(webhook, scene, wish);
    return about.length === 0 ? [] : [{ webhook, about: about.join(', ') }];
  });
  return {
    problems: asked
      .filter(({ webhook }) => webhook.endpoints.length === 0)
      .map(({ webhook, about }) => silent(webhook, about)),
    warnings: asked.flatMap(({ webhook, about }) => goesWith(webhook, about, wish)),
  };
}

function whatIsAsked(webhook: AdmissionWebhook, scene: Scene, wish: RehearsalWish): string[] {
  const nodes = nodesToDrain(wish);
  const movers = nodes.flatMap((node) => moversOf(node, scene, wish));
  const requests = [
    ...movers.flatMap((pod) => requestsFor(pod, scene)),
    ...scene.nodes.filter(({ name }) => nodes.includes(name)).map(({ labels }) => nodeUpdate(labels)),
  ];
  const found = requests.filter((request) => isAsked(webhook, request));
  return [...new Set(found.map(({ operation, resource }) => `${operation} ${resource}`))].sort();
}

const requestsFor = ({ namespace, labels }: PlacedPod, { namespaces }: Scene): WatchedRequest[] => {
  const of = { namespaceLabels: namespaces.get(namespace) ?? {} };
  return [
    { operation: 'CREATE', resource: 'pods/eviction', labels: {}, ...of },
    { operation: 'DELETE', resource: 'pods', labels, ...of },
    { operation: 'CREATE', resource: 'pods', labels, ...of },
    { operation: 'UPDATE', resource: 'pods', labels, ...of },
  ];
};

const nodeUpdate = (labels: WatchedRequest['labels']): WatchedRequest => ({
  ...{ operation: 'UPDATE', resource: 'nodes', labels },
  namespaceLabels: undefined,
});

const silent = ({ name, service }: AdmissionWebhook, about: string): string =>
  `${name} must be asked about ${about}, and its Service ${service} has no ready endpoint: those requests would fail. Bring it back, or take the webhook away.`;

function goesWith({ name, service, endpoints }: AdmissionWebhook, about: string, wish: RehearsalWish): string[] {
  const homes = [...new Set(endpoints.map(({ node }) => node))];
  const [home] = homes;
  if (homes.length !== 1 || home === undefined || !nodesToDrain(wish).includes(home)) return [];
  return [
    `${name} must be asked about ${about}, and all that answers for its Service ${service} (${nameList(endpoints.map(({ address }) => address))}) is on ${home}: while ${home} is drained those requests fail until it is up elsewhere.`,
  ];
}
