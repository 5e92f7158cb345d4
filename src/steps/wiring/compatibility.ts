import type { deprecatedApiInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import { compatibilityReads } from '../adapters/kubernetes/compatibility.ts';
import { apiServerMetrics } from '../adapters/kubernetes/deprecated-apis.ts';
import { prometheusDeprecatedApis } from '../adapters/prometheus.ts';
import type { Compatibility, DeprecatedApis } from '../ports/compatibility.ts';
import type { Tools } from '../runtime/run-step.ts';
import { credentialsOf } from '../runtime/server-login.ts';
import { badInput } from '../runtime/step-error.ts';
import type { Connection } from './connection.ts';

export const compatibilityClient = ({ api }: Connection): Compatibility => compatibilityReads(api);

/** The server that knows which deprecated APIs are in use: the API servers themselves, or Prometheus. */
export function deprecatedApisClient(
  { api, clock }: Connection,
  inputs: ValuesOf<typeof deprecatedApiInputs>,
  tools: Tools,
): DeprecatedApis {
  const { deprecatedApisSource, prometheusUrl: url, lookbackHours } = inputs;
  if (deprecatedApisSource === 'api-servers') return apiServerMetrics(api, lookbackHours);
  if (url === undefined)
    throw badInput('PROMETHEUS_URL: saw nothing, expected its address, since DEPRECATED_APIS_SOURCE is prometheus');
  return prometheusDeprecatedApis({ url, clock, credentials: credentialsOf('prometheus'), ...tools }, lookbackHours);
}
