import { parseObjectName } from '../../../text/object-name.ts';
import type { AdmissionWebhook, Endpoint } from '../../../upgrade/drain/admission-webhook.ts';
import type { Api } from './api.ts';
import { selectorOf, toRule } from './policies.ts';
import {
  ENDPOINT_SLICES,
  MUTATING_WEBHOOKS,
  VALIDATING_WEBHOOKS,
  type V1EndpointSlice,
  type V1WebhookConfiguration,
} from './resources.ts';

/** Webhooks whose absence fails requests. One at a URL outside is not ours to look at. */
export async function listWebhooks(api: Api): Promise<readonly AdmissionWebhook[]> {
  const [validating, mutating] = await Promise.all([api.list(VALIDATING_WEBHOOKS), api.list(MUTATING_WEBHOOKS)]);
  const found = [
    ...validating.flatMap((each) => ofConfiguration('ValidatingWebhookConfiguration', each)),
    ...mutating.flatMap((each) => ofConfiguration('MutatingWebhookConfiguration', each)),
  ];
  const services = [...new Set(found.map(({ service }) => service))].sort();
  const endpoints = new Map<string, readonly Endpoint[]>();
  for (const service of services) endpoints.set(service, await endpointsOf(api, service));
  return found
    .map((webhook) => ({ ...webhook, endpoints: endpoints.get(webhook.service) ?? [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const ofConfiguration = (
  kind: string,
  { metadata, webhooks }: V1WebhookConfiguration,
): Omit<AdmissionWebhook, 'endpoints'>[] =>
  (webhooks ?? []).flatMap(({ name, failurePolicy, clientConfig, rules, namespaceSelector, objectSelector }) => {
    const { service } = clientConfig;
    if (failurePolicy === 'Ignore' || service === undefined) return [];
    return [
      {
        name: `${kind} ${metadata?.name ?? ''}/${name}`,
        service: `${service.namespace}/${service.name}`,
        rules: (rules ?? []).map(toRule),
        namespaceSelector: selectorOf(namespaceSelector),
        objectSelector: selectorOf(objectSelector),
      },
    ];
  });

async function endpointsOf(api: Api, service: string): Promise<readonly Endpoint[]> {
  const { namespace, name } = parseObjectName(service);
  const slices = await api.list(ENDPOINT_SLICES, { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  return slices.flatMap(readyEndpoints);
}

/** An endpoint that does not say is ready. */
const readyEndpoints = ({ endpoints }: V1EndpointSlice): Endpoint[] =>
  (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready ?? true)
    .map(({ nodeName, addresses }) => ({ node: nodeName, address: addresses[0] ?? '' }));
