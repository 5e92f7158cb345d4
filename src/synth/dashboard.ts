import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { ALERT_NAMES, API_SERVER_BUILDS, KUBELET_STARTS } from '../signals/alert-rules.ts';
import { CLUSTER_LABEL, gaugeOf, type GaugeName } from '../signals/gauges.ts';
import {
  DATASOURCE,
  layOut,
  SCHEMA_VERSION,
  stat,
  stateTimeline,
  table,
  timeSeries,
  type Panel,
} from './grafana/panel.ts';
import { DASHBOARD, labelled } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** A Grafana dashboard with the gauges and alerts. Without `dashboard` in the settings there is none. */
export function dashboard(scope: Construct, settings: ClusterSettings): void {
  const { dashboard } = settings;
  if (dashboard === undefined) return;
  const { namespace, labels, folder } = dashboard;
  new k8s.KubeConfigMap(scope, 'dashboard', {
    metadata: {
      name: DASHBOARD,
      namespace,
      labels: labelled(labels),
      annotations: {
        'argocd.argoproj.io/sync-wave': '-1',
        // https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards: folderAnnotation
        ...(folder === undefined ? {} : { grafana_folder: folder }),
      },
    },
    data: { [`${DASHBOARD}.json`]: JSON.stringify(dashboardModel(settings), null, 2) },
  });
}

const dashboardModel = ({ name, alerts }: Pick<ClusterSettings, 'name' | 'alerts'>): object => ({
  uid: DASHBOARD,
  title: 'Kubernetes upgrades',
  description: 'What argo-kubeadm-upgrade does, and how the versions of the cluster stand.',
  tags: ['argo-kubeadm-upgrade'],
  schemaVersion: SCHEMA_VERSION,
  editable: false,
  graphTooltip: 1,
  timezone: 'browser',
  time: { from: 'now-2d', to: 'now' },
  refresh: '1m',
  templating: {
    list: [
      { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
      clusterVariable(name),
    ],
  },
  panels: layOut(panels(alerts)),
});

/** The cluster that the reader of the dashboard chooses, of those that push gauges; this cluster until then. */
const CLUSTER = '$cluster';

/** Reads its values on every load (`refresh: 1`) and sorts them (`sort: 1`). */
function clusterVariable(name: string): object {
  const query = `label_values(k8s_version_check_last_run_timestamp, ${CLUSTER_LABEL})`;
  return {
    name: 'cluster',
    label: 'Cluster',
    type: 'query',
    datasource: DATASOURCE,
    refresh: 1,
    sort: 1,
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    current: { text: name, value: name },
  };
}

const own = (gauge: GaugeName): string => gaugeOf(gauge, CLUSTER);

const WHILE_IN_FLIGHT = `and max(${own('k8s_upgrade_in_flight')}) == 1`;
const NO_UPGRADE = 'no upgrade under way';
const NO = { text: 'no', color: 'text' } as const;
const FLAG = [NO, { text: 'yes', color: 'green' }] as const;

/** In reading order. */
export const panels = ({ checkStaleAfterHours, stalledAfterSeconds }: ClusterSettings['alerts']): readonly Panel[] => [
  stateTimeline(
    'Runs',
    'How a run stands or stood: under way, or one of the ends that leave a mark. At most one of them at a time.',
    [
      { expr: `max(${own('k8s_upgrade_in_flight')})`, legend: 'in flight' },
      { expr: `max(${own('k8s_upgrade_blocked')})`, legend: 'blocked' },
      { expr: `max(${own('k8s_upgrade_held')})`, legend: 'held' },
      { expr: `max(${own('k8s_upgrade_failed')})`, legend: 'failed' },
    ],
    { size: [16, 8], flag: [NO, { text: 'yes', color: 'blue' }] },
  ),
  table(
    'Newer version',
    'What the last version check found to go to; kind none when there is nothing.',
    `max by (kind, running, target) (${own('k8s_upgrade_available')})`,
    { size: [8, 8], columns: { kind: 'Kind', running: 'Running', target: 'Target' } },
  ),
  stat(
    'Since the last version check',
    'A check that worked as a whole.',
    `time() - max(${own('k8s_version_check_last_run_timestamp')})`,
    { size: [6, 4], unit: 's', noValue: 'never', warnFrom: checkStaleAfterHours * 3600 },
  ),
  stat(
    'Upgrade under way for',
    'Since a run began to change the cluster.',
    `time() - max(${own('k8s_upgrade_started_timestamp')}) ${WHILE_IN_FLIGHT}`,
    { size: [6, 4], unit: 's', noValue: NO_UPGRADE },
  ),
  stat(
    'Since its last progress',
    'Each phase of each node is progress.',
    `time() - max(${own('k8s_upgrade_progress_timestamp')}) ${WHILE_IN_FLIGHT}`,
    { size: [6, 4], unit: 's', noValue: NO_UPGRADE, warnFrom: stalledAfterSeconds },
  ),
  stat(
    'Its etcd snapshot',
    'Taken before the first node is touched.',
    `max(${own('k8s_upgrade_snapshot_taken')}) ${WHILE_IN_FLIGHT}`,
    { size: [6, 4], noValue: NO_UPGRADE, flag: FLAG },
  ),
  stateTimeline(
    'Alerts',
    'Those of the group "Upgrade Gates" that fire.',
    [
      {
        expr: `max by (alertname) (ALERTS{alertstate="firing", ${CLUSTER_LABEL}="${CLUSTER}", alertname=~"${ALERT_NAMES.join('|')}"})`,
        legend: '{{alertname}}',
      },
    ],
    {
      size: [24, 7],
      noValue: 'none',
      flag: [
        { text: 'quiet', color: 'text' },
        { text: 'firing', color: 'orange' },
      ],
    },
  ),
  stateTimeline(
    'Version of each node',
    'A node that is upgraded leaves one row and goes on in another.',
    [{ expr: 'max by (node, kubelet_version) (kube_node_info)', legend: '{{node}} {{kubelet_version}}' }],
    { size: [16, 9], flag: FLAG },
  ),
  table('API servers', 'The version that each of them runs.', `max by (instance, git_version) (${API_SERVER_BUILDS})`, {
    size: [8, 9],
    columns: { instance: 'API server', git_version: 'Version' },
  }),
  timeSeries(
    'Nodes at each version',
    'By the version of their kubelet.',
    { expr: 'count by (kubelet_version) (kube_node_info)', legend: '{{kubelet_version}}' },
    { size: [12, 8], stacked: true },
  ),
  timeSeries(
    'Since each kubelet started',
    'It falls to nothing when a node, or its kubelet alone, is restarted.',
    { expr: `time() - ${KUBELET_STARTS}`, legend: '{{node}}' },
    { size: [12, 8], unit: 's' },
  ),
  table(
    'How the last run ended',
    'Told by its exit handler; a run that was terminated has none.',
    `max by (result) (${own('k8s_upgrade_last_run_result')}) == 1`,
    { size: [6, 8], columns: { result: 'Result' } },
  ),
  stat(
    'Since the last run',
    'Since it ended, whatever its end.',
    `time() - max(${own('k8s_upgrade_last_run_timestamp')})`,
    { size: [6, 8], unit: 's', noValue: 'none yet' },
  ),
  timeSeries(
    'Time in each phase',
    'Of the last run, of all its nodes together.',
    { expr: `max by (phase) (${own('k8s_upgrade_phase_duration_seconds')})`, legend: '{{phase}}' },
    { size: [12, 8], unit: 's' },
  ),
  timeSeries(
    'Time for each node',
    'Of the last run: from the drain until after the soak. A node that it did not touch has none.',
    { expr: `max by (node) (${own('k8s_upgrade_node_duration_seconds')})`, legend: '{{node}}' },
    { size: [24, 8], unit: 's' },
  ),
];
