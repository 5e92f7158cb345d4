import { describe, httpMessage, httpStatus } from '../runtime/retry.ts';
import { unexpected } from '../runtime/step-error.ts';
import { askMonitoring, tryParse, type MonitoringOptions } from './monitoring-http.ts';

/** What a server is asked, and where else its API may be. */
interface Api {
  /** Such as `Prometheus http://…`. */
  readonly who: string;
  readonly setting: string;
  /** A path that every server of this kind has. */
  readonly probe: string;
  readonly isAnswer: (body: unknown) => boolean;
  /** Where products put this API, below their address. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** Says what a server is that has `probe` and lacks the path. */
  readonly without: (path: string) => Promise<string>;
}

const isSuccess = (body: unknown): boolean => (Object(body) as { status?: unknown }).status === 'success';

/** The Prometheus API, which Grafana Mimir, Cortex and VictoriaMetrics have below a prefix, and Thanos Query in part. */
export const prometheusApi = (options: MonitoringOptions): Api => ({
  who: `Prometheus ${options.url}`,
  setting: 'monitoring.prometheusUrl',
  probe: '/api/v1/query?query=1',
  isAnswer: isSuccess,
  prefixes: {
    '/prometheus': 'Grafana Mimir, Cortex or a route prefix of Prometheus',
    '/api/prom': 'an older Cortex',
    '/select/0/prometheus': 'a cluster of VictoriaMetrics',
  },
  without: async (path) => {
    const isThanos = await answers(options, '/api/v1/stores', isSuccess);
    const what = isThanos ? 'is Thanos Query, which has' : 'answers queries and has';
    return `${what} no ${path}. Set monitoring.prometheusUrl to a server that evaluates the alerting rules, such as Prometheus or Thanos Ruler, or set monitoring.alerts.source: alertmanager.`;
  },
});

/** The Alertmanager API, which Grafana Mimir has below a prefix. */
export const alertmanagerApi = ({ url }: MonitoringOptions): Api => ({
  who: `Alertmanager ${url}`,
  setting: 'monitoring.alerts.alertmanagerUrl',
  probe: '/api/v2/alerts',
  isAnswer: Array.isArray,
  prefixes: { '/alertmanager': 'Grafana Mimir, Cortex or a route prefix of Alertmanager' },
  without: async (path) => `has no ${path}.`,
});

/** Asks; for a path that the server lacks, throws what the server is and what to set. */
export async function askApi<T>(options: MonitoringOptions, path: string, api: Api, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw unexpected(`${api.who} ${await explain(options, path.split('?')[0] ?? '', api)}`, error);
  }
}

/** vmselect answers 400 to a path that it does not know. */
const isMissing = (error: unknown): boolean =>
  [404, 405, 501].includes(httpStatus(error) ?? 0) ||
  (httpStatus(error) === 400 && /unsupported path/i.test(`${httpMessage(error)} ${describe(error)}`));

async function explain(options: MonitoringOptions, path: string, api: Api): Promise<string> {
  const { probe, isAnswer, prefixes, setting } = api;
  if (await answers(options, probe, isAnswer)) return api.without(path);
  for (const [prefix, product] of Object.entries(prefixes))
    if (await answers({ ...options, url: `${options.url}${prefix}` }, probe, isAnswer))
      return `has no ${path}; its API is below ${prefix}, as that of ${product}. Set ${setting}: ${options.url}${prefix}`;
  const places = Object.entries(prefixes).map(([prefix, product]) => `${prefix} (${product})`);
  return `has no ${path}. Set ${setting} to the address of the API. Some products have it below ${places.join(', ')}.`;
}

async function answers(options: MonitoringOptions, path: string, isAnswer: Api['isAnswer']): Promise<boolean> {
  const asked = { what: `ask ${options.url} what it is`, who: options.url };
  try {
    return isAnswer(tryParse(await askMonitoring({ ...options, patienceSeconds: 0 }, path, asked)));
  } catch {
    return false;
  }
}
