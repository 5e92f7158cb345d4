import { reading, unexpected } from '../runtime/step-error.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { SeriesPort, GatewayPort } from '../ports/checkup.ts';
import type { DeprecatedApis, DeprecatedApiUse } from '../ports/compatibility.ts';
import type { Alert } from '../../signals/alert-gate.ts';
import { CLUSTER_LABEL, GAUGES } from '../../signals/gauges.ts';
import { toAlert } from './alert-labels.ts';
import { distinct, METRIC, toSeries } from './deprecated-api-series.ts';
import { askApi, prometheusApi } from './missing-path.ts';
import { askMonitoring, dataIn, type MonitoringOptions } from './monitoring-http.ts';
import { shown } from './shown.ts';

export type PrometheusOptions = MonitoringOptions;

/** What Prometheus has seen of every API server over the look-back, restarts included. */
export const prometheusDeprecatedApis = (options: PrometheusOptions, lookbackHours: number): DeprecatedApis => ({
  inUse: () => reading(askPrometheus(options, lookbackHours)),
});

/** Silences and inhibitions are Alertmanager's: this one does not know them. */
export const prometheusAlerts = (options: PrometheusOptions): Alerts => ({
  firing: () => reading(askAlerts(options)),
});

/** Which of these names it has a sample of, at this moment. A gauge of ours counts with the name of the cluster in its label. */
export const prometheusSeries = (options: PrometheusOptions, cluster: string): SeriesPort => ({
  present: (names) => reading(presentIn(options, names, cluster)),
});

async function presentIn(
  options: PrometheusOptions,
  names: readonly string[],
  cluster: string,
): Promise<readonly string[]> {
  const [own, foreign] = [names.filter(isGauge), names.filter((name) => !isGauge(name))];
  const found = await Promise.all([
    query(options, `count by (__name__) ({__name__=~"${own.join('|')}", ${CLUSTER_LABEL}=${JSON.stringify(cluster)}})`),
    query(options, `count by (__name__) ({__name__=~"${foreign.join('|')}"})`),
  ]);
  return found
    .flat()
    .map(({ __name__: name }) => shown(name))
    .sort();
}

const isGauge = (name: string): boolean => Object.hasOwn(GAUGES, name);

async function askPrometheus(options: PrometheusOptions, lookbackHours: number): Promise<DeprecatedApiUse> {
  const from = nameOf(options);
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
  const path = `/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`;
  const { resultType, result } = await ask(options, path, 'query');
  if (resultType !== 'vector' || !Array.isArray(result)) throw unexpected(`${nameOf(options)} answered with no vector`);
  return result.map((each) => Object((Object(each) as { metric?: unknown }).metric) as Labels);
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#alerts */
async function askAlerts(options: PrometheusOptions): Promise<readonly Alert[]> {
  const from = nameOf(options);
  const { alerts } = await ask(options, '/api/v1/alerts', 'ask for the alerts of');
  if (!Array.isArray(alerts)) throw unexpected(`${from} answered with no list of alerts`);
  if (alerts.length === 0) await expectRules(options);
  return alerts.flatMap((each: unknown) => {
    const { state } = Object(each) as { state?: unknown };
    const alert = toAlert(each, from);
    if (state === 'pending' || state === 'inactive') return [];
    if (state !== 'firing')
      throw unexpected(`${from} has the alert ${alert.name} in a state that we do not know: ${shown(state)}`);
    return [alert];
  });
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#rules */
async function expectRules(options: PrometheusOptions): Promise<void> {
  const { groups } = await ask(options, '/api/v1/rules?type=alert', 'ask for the rules of');
  const rules = Array.isArray(groups)
    ? groups.flatMap((group) => (Object(group) as { rules?: unknown[] }).rules ?? [])
    : [];
  if (rules.length === 0) throw unexpected(`${nameOf(options)} has no alerting rule: its silence means nothing`);
}

const nameOf = ({ url }: PrometheusOptions): string => `Prometheus ${url}`;

async function ask(options: PrometheusOptions, path: string, verb: string): Promise<Readonly<Record<string, unknown>>> {
  const who = nameOf(options);
  return askApi(options, path, prometheusApi(options), async () =>
    dataIn(await askMonitoring(options, path, { what: `${verb} ${who}`, who }), who),
  );
}

/** https://github.com/prometheus/pushgateway#query-api */
export const pushgatewayCheck = (options: MonitoringOptions): GatewayPort => ({
  isPushgateway: () => reading(hasBuild(options)),
});

async function hasBuild(options: MonitoringOptions): Promise<boolean> {
  const who = `Pushgateway ${options.url}`;
  const answer = await askMonitoring(options, '/api/v1/status', { what: `ask ${who} how it is`, who });
  return dataIn(answer, who)['build_information'] !== undefined;
}
