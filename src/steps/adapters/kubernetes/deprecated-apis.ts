import type { KubeConfig } from '@kubernetes/client-node';
import type { YoungApiServer } from '../../../upgrade/gate/boundary/removed-apis.ts';
import { retryTransient } from '../../runtime/retry.ts';
import { reading, unexpected } from '../../runtime/step-error.ts';
import type { DeprecatedApis, DeprecatedApiUse } from '../../ports/compatibility.ts';
import { distinct, METRIC, toSeries } from '../deprecated-api-series.ts';
import { samplesOf } from '../exposition.ts';
import type { Api, ApiOptions } from './api.ts';
import { configFor, listApiServers } from './api-servers.ts';
import { requestText } from './rest.ts';

/** Megabytes, from a server that may be busy. */
const METRICS_TIMEOUT_SECONDS = 60;
/** One that stays away is named; the gate does not wait for it as for the cluster itself. */
const PATIENCE_SECONDS = 60;

/**
 * Asks every API server itself: through the Service or a balancer one would answer for all. `lookbackHours`: how long each
 * must have been up for its silence to count.
 */
export const apiServerMetrics = (api: Api, lookbackHours: number): DeprecatedApis => ({
  inUse: () => reading(askEachServer(api, lookbackHours)),
});

async function askEachServer(api: Api, lookbackHours: number): Promise<DeprecatedApiUse> {
  const { config, options } = api;
  const servers = await listApiServers(api);
  const answers = await Promise.all(
    servers.map(async (server) => {
      // Megabytes, of which a few lines are kept.
      const text = await metricsOf(server, config, options);
      const nowMs = options.clock.now();
      return { series: inUse(server, text), young: youngServer(server, text, nowMs, lookbackHours) };
    }),
  );
  return {
    apiServers: servers.length,
    series: distinct(answers.flatMap(({ series }) => series)),
    young: answers.flatMap(({ young }) => young),
  };
}

function metricsOf(server: string, config: KubeConfig, { signal, ...patience }: ApiOptions): Promise<string> {
  const own = configFor(server, config);
  const limits = { timeoutSeconds: METRICS_TIMEOUT_SECONDS, signal };
  return retryTransient(
    `get nonResourceURL /metrics of API server ${server}`,
    () => requestText(own, { method: 'GET', path: '/metrics' }, limits),
    { ...patience, patienceSeconds: PATIENCE_SECONDS },
  );
}

/** The metric exists only after a request for such an API. Other metrics show that the answer is a real one. */
function inUse(server: string, text: string): DeprecatedApiUse['series'] {
  if (!text.includes('# TYPE apiserver_request_total counter')) {
    throw unexpected(
      `/metrics of API server ${server} has no metrics of an API server: ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  const asked = samplesOf(METRIC, text, `/metrics of API server ${server}`).filter(({ value }) => value !== 0);
  return asked.map(({ labels }) => toSeries(labels, `/metrics of API server ${server}`));
}

function youngServer(server: string, text: string, nowMs: number, neededHours: number): YoungApiServer[] {
  const started = samplesOf('process_start_time_seconds', text, `/metrics of API server ${server}`).at(0)?.value ?? NaN;
  if (!(started > 0)) throw unexpected(`/metrics of API server ${server} does not say when it started`);
  const upHours = Math.max(0, Math.floor((nowMs / 1000 - started) / 3600));
  return upHours < neededHours ? [{ server, upHours, neededHours }] : [];
}
