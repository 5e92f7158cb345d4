import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { ALERT_NAMES, API_SERVER_BUILDS, KUBELET_STARTS } from '../signals/alert-rules.ts';
import { CLUSTER_LABEL, gaugeOf, type GaugeName } from '../signals/gauges.ts';
import { DATASOURCE, layOut, SCHEMA_VERSION, type Panel } from './grafana/panel.ts';
import { DASHBOARD, labelled } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** The story of the alerts, to look at; nothing where the cluster's Grafana is said to take none. */
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

export const dashboardModel = ({ name, alerts }: Pick<ClusterSettings, 'name' | 'alerts'>): object => ({
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
    ...{ name: 'cluster', label: 'Cluster', type: 'query', datasource: DATASOURCE, refresh: 1, sort: 1 },
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    current: { text: name, value: name },
  };
}

const own = (gauge: GaugeName): string => gaugeOf(gauge, CLUSTER);

const WHILE_IN_FLIGHT = `and max(${own('k8s_upgrade_in_flight')}) == 1`;
const NO_UPGRADE = 'no upgrade under way';
const YES_OR_NO = [
  { text: 'no', color: 'text' },
  { text: 'yes', color: 'green' },
] as const;

/** In reading order. */
export const panels = ({ checkStaleAfterHours, stalledAfterSeconds }: ClusterSettings['alerts']): readonly Panel[] => [
  {
    kind: 'state-timeline',
    title: 'Runs',
    description:
      'How a run stands or stood: under way, or one of the ends that leave a mark. At most one of them at a time.',
    ...{ width: 16, height: 8 },
    queries: [
      { expr: `max(${own('k8s_upgrade_in_flight')})`, legend: 'in flight' },
      { expr: `max(${own('k8s_upgrade_blocked')})`, legend: 'blocked' },
      { expr: `max(${own('k8s_upgrade_held')})`, legend: 'held' },
      { expr: `max(${own('k8s_upgrade_failed')})`, legend: 'failed' },
    ],
    flag: [
      { text: 'no', color: 'text' },
      { text: 'yes', color: 'blue' },
    ],
  },
  {
    kind: 'table',
    title: 'Newer version',
    description: 'What the last version check found to go to; kind none when there is nothing.',
    ...{ width: 8, height: 8 },
    queries: [{ expr: `max by (kind, running, target) (${own('k8s_upgrade_available')})` }],
    columns: { kind: 'Kind', running: 'Running', target: 'Target' },
  },
  {
    kind: 'stat',
    title: 'Since the last version check',
    description: 'A check that worked as a whole.',
    ...{ width: 6, height: 4, unit: 's', noValue: 'never' },
    queries: [{ expr: `time() - max(${own('k8s_version_check_last_run_timestamp')})` }],
    warnFrom: checkStaleAfterHours * 3600,
  },
  {
    kind: 'stat',
    title: 'Upgrade under way for',
    description: 'Since a run began to change the cluster.',
    ...{ width: 6, height: 4, unit: 's', noValue: NO_UPGRADE },
    queries: [{ expr: `time() - max(${own('k8s_upgrade_started_timestamp')}) ${WHILE_IN_FLIGHT}` }],
  },
  {
    kind: 'stat',
    title: 'Since its last progress',
    description: 'Each phase of each node is progress.',
    ...{ width: 6, height: 4, unit: 's', noValue: NO_UPGRADE },
    queries: [{ expr: `time() - max(${own('k8s_upgrade_progress_timestamp')}) ${WHILE_IN_FLIGHT}` }],
    warnFrom: stalledAfterSeconds,
  },
  {
    kind: 'stat',
    title: 'Its etcd snapshot',
    description: 'Taken before the first node is touched.',
    ...{ width: 6, height: 4, noValue: NO_UPGRADE, flag: YES_OR_NO },
    queries: [{ expr: `max(${own('k8s_upgrade_snapshot_taken')}) ${WHILE_IN_FLIGHT}` }],
  },
  {
    kind: 'state-timeline',
    title: 'Alerts',
    description: 'Those of the group "Upgrade Gates" that fire.',
    ...{ width: 24, height: 7, noValue: 'none' },
    queries: [
      {
        expr: `max by (alertname) (ALERTS{alertstate="firing", ${CLUSTER_LABEL}="${CLUSTER}", alertname=~"${ALERT_NAMES.join('|')}"})`,
        legend: '{{alertname}}',
      },
    ],
    flag: [
      { text: 'quiet', color: 'text' },
      { text: 'firing', color: 'orange' },
    ],
  },
  {
    kind: 'state-timeline',
    title: 'Version of each node',
    description: 'A node that is upgraded leaves one row and goes on in another.',
    ...{ width: 16, height: 9 },
    queries: [{ expr: 'max by (node, kubelet_version) (kube_node_info)', legend: '{{node}} {{kubelet_version}}' }],
    flag: [
      { text: 'no', color: 'text' },
      { text: 'yes', color: 'green' },
    ],
  },
  {
    kind: 'table',
    title: 'API servers',
    description: 'The version that each of them runs.',
    ...{ width: 8, height: 9 },
    queries: [{ expr: `max by (instance, git_version) (${API_SERVER_BUILDS})` }],
    columns: { instance: 'API server', git_version: 'Version' },
  },
  {
    kind: 'timeseries',
    title: 'Nodes at each version',
    description: 'By the version of their kubelet.',
    ...{ width: 12, height: 8, stacked: true },
    queries: [{ expr: 'count by (kubelet_version) (kube_node_info)', legend: '{{kubelet_version}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Since each kubelet started',
    description: 'It falls to nothing when a node, or its kubelet alone, is restarted.',
    ...{ width: 12, height: 8, unit: 's' },
    queries: [{ expr: `time() - ${KUBELET_STARTS}`, legend: '{{node}}' }],
  },
  {
    kind: 'table',
    title: 'How the last run ended',
    description: 'Told by its exit handler; a run that was terminated has none.',
    ...{ width: 6, height: 8 },
    queries: [{ expr: `max by (result) (${own('k8s_upgrade_last_run_result')}) == 1` }],
    columns: { result: 'Result' },
  },
  {
    kind: 'stat',
    title: 'Since the last run',
    description: 'Since it ended, whatever its end.',
    ...{ width: 6, height: 8, unit: 's', noValue: 'none yet' },
    queries: [{ expr: `time() - max(${own('k8s_upgrade_last_run_timestamp')})` }],
  },
  {
    kind: 'timeseries',
    title: 'Time in each phase',
    description: 'Of the last run, of all its nodes together.',
    ...{ width: 12, height: 8, unit: 's' },
    queries: [{ expr: `max by (phase) (${own('k8s_upgrade_phase_duration_seconds')})`, legend: '{{phase}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Time for each node',
    description: 'Of the last run: from the drain until after the soak. A node that it did not touch has none.',
    ...{ width: 24, height: 8, unit: 's' },
    queries: [{ expr: `max by (node) (${own('k8s_upgrade_node_duration_seconds')})`, legend: '{{node}}' }],
  },
];
