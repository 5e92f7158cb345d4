import { describe, retryTransient } from '../harness/retry.ts';
import { unexpected } from '../harness/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeprecatedApis, DeprecatedApiUse } from '../ports/compatibility.ts';
import type { Log } from '../ports/log.ts';
import { distinct, METRIC, toSeries } from './deprecated-api-series.ts';
import { reading } from './reading.ts';

export interface PrometheusOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutSeconds?: number;
}

const TIMEOUT_SECONDS = 30;
const PATIENCE_SECONDS = 60;

/** What Prometheus has seen of every API server over the look-back, restarts included. */
export const prometheusDeprecatedApis = (options: PrometheusOptions, lookbackHours: number): DeprecatedApis => ({
  inUse: () => reading(askPrometheus(options, lookbackHours)),
});

async function askPrometheus(options: PrometheusOptions, lookbackHours: number): Promise<DeprecatedApiUse> {
  const from = `Prometheus ${options.url}`;
  // Every API server counts its requests: a Prometheus that has none of that sees no API server, and its silence means nothing.
  const [servers, asked] = await Promise.all([
    query(options, 'count by (instance) (apiserver_request_total)'),
    // No range at all is an error there.
    query(options, `${lookbackHours === 0 ? METRIC : `max_over_time(${METRIC}[${lookbackHours}h])`} > 0`),
  ]);
  if (servers.length === 0) throw unexpected(`${from} has no apiserver_request_total: it scrapes no API server`);
  return { apiServers: servers.length, series: distinct(asked.map((labels) => toSeries(labels, from))), young: [] };
}

type Labels = Readonly<Record<string, unknown>>;

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function query(options: PrometheusOptions, expression: string): Promise<Labels[]> {
  const { url, clock, log, signal, timeoutSeconds = TIMEOUT_SECONDS } = options;
  const ask = async (): Promise<string> => {
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`, {
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const text = await response.text();
    if (response.ok) return text;
    // Not by the way of the API server's 403, for which a role of ours is the remedy.
    if ([401, 403].includes(response.status))
      throw unexpected(`Prometheus ${url} wants a login: HTTP ${response.status}`);
    throw Object.assign(new Error(`HTTP ${response.status}`), { code: response.status, body: errorIn(text) });
  };
  const text = await retryTransient(`query Prometheus ${url}`, ask, { clock, log, patienceSeconds: PATIENCE_SECONDS });
  return vectorIn(text, `Prometheus ${url}`);
}

/** Prometheus words its errors in a field of its own. */
function errorIn(text: string): string {
  const { error } = tryParse(text);
  return typeof error === 'string' ? error : text;
}

function vectorIn(text: string, from: string): Labels[] {
  const { status, error, warnings, data } = tryParse(text);
  if (status !== 'success') {
    const what = typeof error === 'string' ? error : JSON.stringify(text.slice(0, 80));
    throw unexpected(`${from} answered with no result: ${what}`);
  }
  // A store that is away, a series that was cut: what is missing may be what we ask for.
  if (Array.isArray(warnings) && warnings.length > 0) {
    throw unexpected(`${from} answered with a part of the result only: ${warnings.join('; ')}`);
  }
  const { resultType, result } = Object(data) as Record<string, unknown>;
  if (resultType !== 'vector' || !Array.isArray(result)) throw unexpected(`${from} answered with no vector`);
  return result.map((each) => Object((Object(each) as { metric?: unknown }).metric) as Labels);
}

function tryParse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    return { error: `${describe(error)}: ${JSON.stringify(text.slice(0, 80))}` };
  }
}
