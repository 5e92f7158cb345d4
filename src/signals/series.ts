import { GAUGES, type GaugeName } from './gauges.ts';
import { READ_ON, type Source } from '../upgrade/kubernetes/releases.ts';

/** Who has to be scraped for it. */
export type Scrape = 'pushgateway' | 'kube-state-metrics' | 'api-servers' | 'kubelets' | 'prometheus';

/** A series of somebody else that alert rules or the dashboard read, and the labels of it that they use. */
interface ForeignSeries {
  readonly scrape: Scrape;
  readonly labels: readonly string[];
  readonly source: Source;
}

const read = (url: string): Source => ({ url, date: READ_ON });
const ofKubernetes = (path: string): Source => read(`https://github.com/kubernetes/kubernetes/blob/v1.34.10/${path}`);

/** A rule that reads a series which nobody scrapes can never fire: whoever adds one here says where it comes from. */
export const FOREIGN_SERIES = {
  kube_node_info: {
    scrape: 'kube-state-metrics',
    labels: ['node', 'kubelet_version'],
    source: read('https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/node-metrics.md'),
  },
  /** Every component of Kubernetes has it, and some addons: which one speaks, another series of the same scrape must tell. */
  kubernetes_build_info: {
    scrape: 'api-servers',
    labels: ['git_version'],
    source: ofKubernetes('staging/src/k8s.io/component-base/metrics/version.go'),
  },
  /** Of kube-apiserver alone, which holds the aggregator; there is always one: its own groups are APIServices too. */
  aggregator_unavailable_apiservice: {
    scrape: 'api-servers',
    labels: [],
    source: ofKubernetes('staging/src/k8s.io/kube-aggregator/pkg/controllers/status/metrics/metrics.go'),
  },
  /** Of the kubelet alone, in /metrics alone. */
  kubelet_node_name: {
    scrape: 'kubelets',
    labels: ['node'],
    source: ofKubernetes('pkg/kubelet/metrics/metrics.go'),
  },
  /** Of nearly everything that is scraped. */
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

export type SeriesName = GaugeName | keyof typeof FOREIGN_SERIES;

/** Everything that rules and the dashboard may read, and who gives it. */
export const SERIES: ReadonlyMap<string, Scrape> = new Map<SeriesName, Scrape>([
  ...(Object.keys(GAUGES) as GaugeName[]).map((gauge) => [gauge, 'pushgateway'] as const),
  ...Object.entries(FOREIGN_SERIES).map(([name, { scrape }]) => [name as SeriesName, scrape] as const),
]);
