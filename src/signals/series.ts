import { GAUGES, type GaugeName } from './gauges.ts';
import { READ_ON, type Source } from '../upgrade/kubernetes/releases.ts';

/** The scrape job that provides a series. */
export type Scrape = 'pushgateway' | 'kube-state-metrics' | 'api-servers' | 'kubelets' | 'prometheus';

/** A series of another component that alert rules or the dashboard read, with the labels that they use. */
interface ForeignSeries {
  readonly scrape: Scrape;
  readonly labels: readonly string[];
  readonly source: Source;
}

const read = (url: string): Source => ({ url, date: READ_ON });
const ofKubernetes = (path: string): Source => read(`https://github.com/kubernetes/kubernetes/blob/v1.34.10/${path}`);

/** A rule on a series that no job scrapes never fires. Each entry names the scrape job. */
export const FOREIGN_SERIES = {
  kube_node_info: {
    scrape: 'kube-state-metrics',
    labels: ['node', 'kubelet_version'],
    source: read('https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/node-metrics.md'),
  },
  /**
   * Every Kubernetes component and some addons have this series. Another series of the same scrape must identify the
   * component.
   */
  kubernetes_build_info: {
    scrape: 'api-servers',
    labels: ['git_version'],
    source: ofKubernetes('staging/src/k8s.io/component-base/metrics/version.go'),
  },
  /**
   * Only kube-apiserver has this series, because it holds the aggregator. There is always one: the API server's own
   * groups are APIServices too.
   */
  aggregator_unavailable_apiservice: {
    scrape: 'api-servers',
    labels: [],
    source: ofKubernetes('staging/src/k8s.io/kube-aggregator/pkg/controllers/status/metrics/metrics.go'),
  },
  /** Only the kubelet has this series, and only in /metrics. */
  kubelet_node_name: {
    scrape: 'kubelets',
    labels: ['node'],
    source: ofKubernetes('pkg/kubelet/metrics/metrics.go'),
  },
  /** Nearly every scraped component has this series. */
  process_start_time_seconds: {
    scrape: 'kubelets',
    labels: [],
    source: read('https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics'),
  },
  ALERTS: {
    scrape: 'prometheus',
    labels: ['alertname', 'alertstate'],
    source: read('https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/'),
  },
} as const satisfies Readonly<Record<string, ForeignSeries>>;

type SeriesName = GaugeName | keyof typeof FOREIGN_SERIES;

/** Every series that rules and the dashboard may read, with its scrape job. */
export const SERIES: ReadonlyMap<string, Scrape> = new Map<SeriesName, Scrape>([
  ...(Object.keys(GAUGES) as GaugeName[]).map((gauge) => [gauge, 'pushgateway'] as const),
  ...Object.entries(FOREIGN_SERIES).map(([name, { scrape }]) => [name as SeriesName, scrape] as const),
]);
