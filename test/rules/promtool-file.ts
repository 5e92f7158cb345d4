import { CLUSTER, type RuleCase } from './cases.ts';

/** https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
export interface PromtoolFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly object[];
}

const inputSeries = (series: RuleCase['series']): readonly object[] =>
  Object.entries(series).map(([name, values]) => ({ series: labelled(name), values }));

/** A gauge of ours as it is scraped: with the label of the cluster, unless the case gives it another one. */
function labelled(series: string): string {
  if (!series.startsWith('k8s_') || series.includes('cluster="')) return series;
  return series.endsWith('}') ? `${series.slice(0, -1)}, cluster="${CLUSTER}"}` : `${series}{cluster="${CLUSTER}"}`;
}

/** Rules are evaluated every minute; over a day or more, which takes promtool its time, every five. */
const EVERY = ['1m', '5m'] as const;
type Every = (typeof EVERY)[number];
const LONG_MINUTES = 12 * 60;

export const everyOf = ({ firing }: RuleCase): Every =>
  Math.max(...Object.keys(firing).map(minutesOf)) >= LONG_MINUTES ? '5m' : '1m';

/** `26h5m` → 1565. */
export function minutesOf(moment: string): number {
  const [, hours = '0', minutes = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(moment) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

/** One file for each pace at which there is a case. */
export const ruleTests = (ruleFile: string, cases: readonly RuleCase[]): readonly PromtoolFile[] =>
  EVERY.map((every) => ({
    rule_files: [ruleFile],
    evaluation_interval: every,
    tests: cases.filter((each) => everyOf(each) === every).map(testOf),
  })).filter(({ tests }) => tests.length > 0);

const testOf = ({ about, promises, series, firing, says }: RuleCase): object => ({
  name: `${about} ${promises}`,
  interval: '1m',
  input_series: inputSeries(series),
  // What fires is a series of Prometheus' own, so that one question finds all of it, and what should not.
  promql_expr_test: Object.entries(firing).map(([moment, alerts]) => ({
    expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: moment,
    exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
  })),
  ...(says === undefined
    ? {}
    : {
        alert_rule_test: [
          {
            eval_time: Object.keys(firing).at(-1),
            alertname: about,
            exp_alerts: [
              {
                exp_labels: { ...says.labels, cluster: CLUSTER },
                exp_annotations: { summary: says.summary, description: says.description },
              },
            ],
          },
        ],
      }),
});

/** Half an hour of an upgrade, as every series that the dashboard reads sees it. */
const HALF_AN_HOUR: RuleCase['series'] = {
  k8s_upgrade_in_flight: '1x60',
  k8s_upgrade_blocked: '0x60',
  k8s_upgrade_held: '0x60',
  k8s_upgrade_failed: '0x60',
  k8s_upgrade_snapshot_taken: '1x60',
  k8s_upgrade_started_timestamp: '0x60',
  k8s_upgrade_progress_timestamp: '0+60x60',
  'k8s_upgrade_available{kind="patch", running="1.34.9", target="1.34.10"}': '1x60',
  k8s_version_check_last_run_timestamp: '0x60',
  'k8s_upgrade_last_run_result{result="upgraded"}': '1x60',
  'k8s_upgrade_last_run_result{result="failed"}': '0x60',
  k8s_upgrade_last_run_timestamp: '0x60',
  'k8s_upgrade_phase_duration_seconds{phase="drain"}': '120x60',
  'k8s_upgrade_node_duration_seconds{node="cp-1"}': '900x60',
  'kube_node_info{node="cp-1", kubelet_version="v1.34.10"}': '1x60',
  'kubernetes_build_info{instance="10.0.0.1:6443", git_version="v1.34.10"}': '1x60',
  'aggregator_unavailable_apiservice{instance="10.0.0.1:6443", name="v1."}': '0x60',
  'kubelet_node_name{node="cp-1", instance="10.0.0.1:10250"}': '1x60',
  'process_start_time_seconds{instance="10.0.0.1:10250"}': '0x60',
};

/** Each query is PromQL, and has something to show when there is something. */
export const queryTests = (ruleFile: string, queries: readonly string[]): readonly PromtoolFile[] => [
  {
    rule_files: [ruleFile],
    evaluation_interval: '1m',
    tests: [
      {
        name: 'the queries of the dashboard',
        interval: '1m',
        input_series: inputSeries(HALF_AN_HOUR),
        promql_expr_test: queries.map((query) => ({
          expr: `count(${query.replaceAll('$cluster', CLUSTER)}) > bool 0`,
          eval_time: '30m',
          exp_samples: [{ labels: '{}', value: 1 }],
        })),
      },
    ],
  },
];
