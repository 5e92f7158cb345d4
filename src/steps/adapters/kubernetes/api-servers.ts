import { KubeConfig } from '@kubernetes/client-node';
import { canonicalAddress } from '../../../upgrade/node/ip-address.ts';
import { describe, describeAnswer } from '../../runtime/retry.ts';
import { reading, unexpected } from '../../runtime/step-error.ts';
import type { ApiServerHealth, ApiServersPort } from '../../ports/health.ts';
import type { Api } from './api.ts';
import { ENDPOINT_SLICES, type V1EndpointSlice } from './resources.ts';
import { send } from './rest.ts';

/** Short, because the caller asks again soon. */
const HEALTH_TIMEOUT_SECONDS = 10;

/** Each of them at its own address: through the Service or a balancer one would answer for all. */
export const apiServerHealth = (api: Api): ApiServersPort => ({
  health: () => reading(healthOfEach(api)),
});

async function healthOfEach(api: Api): Promise<readonly ApiServerHealth[]> {
  const servers = await listApiServers(api);
  return Promise.all(servers.map((server) => healthOf(server, api.config, api.options.signal)));
}

/** https://kubernetes.io/docs/reference/using-api/health-checks/ */
async function healthOf(server: string, config: KubeConfig, signal: AbortSignal | undefined): Promise<ApiServerHealth> {
  const own = configFor(server, config);
  const answers = await Promise.all(['/livez', '/readyz'].map((path) => troubleOf(path, own, signal)));
  return { server, trouble: answers.flat() };
}

async function troubleOf(path: string, config: KubeConfig, signal: AbortSignal | undefined): Promise<string[]> {
  try {
    const { status, text } = await send(
      config,
      { method: 'GET', path },
      { timeoutSeconds: HEALTH_TIMEOUT_SECONDS, signal },
    );
    return status === 200 ? [] : [`${path} answered ${describeAnswer(status, text)}`];
  } catch (error) {
    return [`${path} was not answered: ${describe(error)}`];
  }
}

/** `host:port` of each API server. */
export async function listApiServers(api: Api): Promise<string[]> {
  const slice = await ownSlice(api);
  const port = (slice?.ports ?? []).find(({ name }) => name === 'https')?.port;
  const addresses = addressesIn(slice);
  if (port === undefined || addresses.length === 0) {
    throw unexpected('EndpointSlice default/kubernetes names no API server');
  }
  const hosts = [...new Set(addresses)].sort().map((address) => (address.includes(':') ? `[${address}]` : address));
  return hosts.map((host) => `${host}:${port}`);
}

/** IP addresses, each in its one spelling. Throws when the slice names none, or anything else. */
export async function apiServerAddresses(api: Api): Promise<readonly string[]> {
  const reported = addressesIn(await ownSlice(api));
  const addresses = reported.flatMap((address) => canonicalAddress(address) ?? []);
  if (addresses.length === 0) throw unexpected('EndpointSlice default/kubernetes names no API server');
  if (addresses.length < reported.length)
    throw unexpected('EndpointSlice default/kubernetes has an address that is no IP address');
  return [...new Set(addresses)].sort();
}

/** The list of API servers that they keep themselves. It has the name of the Service. */
const ownSlice = (api: Api): Promise<V1EndpointSlice | undefined> =>
  api.find(ENDPOINT_SLICES, { namespace: 'default', name: 'kubernetes' });

const addressesIn = (slice: V1EndpointSlice | undefined): readonly string[] =>
  (slice?.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);

/** Returns the config with the address of one API server, which its certificate names. */
export function configFor(server: string, config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null) throw unexpected('the kubeconfig names no current cluster or no user');
  const scheme = cluster.server.startsWith('http:') ? 'http' : 'https';
  const own = new KubeConfig();
  own.loadFromClusterAndUser({ ...cluster, name: server, server: `${scheme}://${server}` }, user);
  return own;
}
