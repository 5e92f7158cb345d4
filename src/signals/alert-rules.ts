import { gaugeOf, type GaugeName } from './gauges.ts';

type Severity = 'critical' | 'warning' | 'info';

/** Thresholds of the rules; each one is a setting. */
interface AlertThresholds {
  readonly versionSkewForSeconds: number;
  readonly snapshotMissingForSeconds: number;
  readonly stalledAfterSeconds: number;
  readonly stalledForSeconds: number;
  readonly failedForSeconds: number;
  readonly checkStaleAfterHours: number;
  readonly checkStaleForSeconds: number;
  readonly recentRebootSeconds: number;
}

export interface AlertRule {
  readonly alert: AlertName;
  readonly severity: Severity;
  /** PromQL. It never selects by the label `job`, because scrape settings rewrite that label. */
  readonly expr: string;
  /** Seconds the condition must hold before the alert fires; 0 fires at once. */
  readonly forSeconds: number;
  readonly summary: string;
  /** What was seen, what was expected and what to do. */
  readonly description: string;
}

export const ALERT_GROUP = 'Upgrade Gates';

export const ALERT_NAMES = [
  'K8sVersionSkew',
  'EtcdPreUpgradeSnapshotMissing',
  'K8sUpgradeStalled',
  'K8sUpgradeChainFailed',
  'K8sUpgradeBlocked',
  'K8sVersionCheckStale',
  'K8sUpgradeInProgress',
  'RecentNodeReboot',
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/**
 * Selects each API server with its version. Every component exposes `kubernetes_build_info`, so the instance must also
 * have a series that only kube-apiserver has.
 */
export const API_SERVER_BUILDS = 'kubernetes_build_info and on (instance) aggregator_unavailable_apiservice';

/**
 * Selects the start time of each node's kubelet, with the label `node`.
 * Two series of one scrape have the same labels after relabeling, except the labels that a series itself adds. So a
 * process start belongs to a kubelet when a `kubelet_node_name` has the same labels except the node.
 * Matching by instance alone fails: a node exporter whose instance is rewritten to the node's name would count as a
 * kubelet.
 */
export const KUBELET_STARTS = `max by (node) (
  kubelet_node_name
  * ignoring (node, exported_node) group_left ()
  (process_start_time_seconds and ignoring (node, exported_node) kubelet_node_name)
)`;

const HOUR_SECONDS = 3600;

/** Returns the rules of one cluster. They read only gauges with the cluster's name in their label `cluster`. */
export function alertRules(thresholds: AlertThresholds, cluster: string): readonly AlertRule[] {
  const { stalledAfterSeconds, checkStaleAfterHours, checkStaleForSeconds, recentRebootSeconds } = thresholds;
  const staleAfterSeconds = checkStaleAfterHours * HOUR_SECONDS;
  /**
   * Seconds after which K8sVersionCheckStale fires, unless a check succeeded. A successful check corrects leaked
   * gauges. So older gauge values of a run can be ignored, and an alert fires in every case. A real run always makes
   * progress within this time: no phase may take more than a day.
   */
  const handoverSeconds = staleAfterSeconds + checkStaleForSeconds;

  /**
   * The look-back within which a gauge's last value counts. A Pushgateway loses its values on a restart, and an upgrade
   * restarts it. A Pushgateway whose pod moves, or a second one, leaves another series. Among several times, the latest
   * one is correct.
   */
  const memory = promDuration(handoverSeconds);
  const over = (gauge: GaugeName): string => `${gaugeOf(gauge, cluster)}[${memory}]`;
  const last = (gauge: GaugeName): string => `last_over_time(${over(gauge)})`;
  const progressAt = `max(${last('k8s_upgrade_progress_timestamp')})`;
  const checkedAt = `max(${last('k8s_version_check_last_run_timestamp')})`;
  /**
   * For a gauge that is not a time, the value that was pushed with the latest progress counts. Every push includes the
   * progress.
   */
  const gaugeText = (gauge: GaugeName): string =>
    `max(${last(gauge)} and ${last('k8s_upgrade_progress_timestamp')} == scalar(${progressAt}))`;

  /**
   * A run that ended without an exit handler leaves the gauge at 1 until the next scheduled run. Without a next run,
   * this expression drops the gauge.
   */
  const inFlight = `(
  ${gaugeText('k8s_upgrade_in_flight')} == 1
  unless
  time() - ${progressAt} > ${handoverSeconds}
)`;

  return [
    {
      alert: 'K8sVersionSkew',
      severity: 'warning',
      forSeconds: thresholds.versionSkewForSeconds,
      expr: `count(
  count by (version) (
    label_replace(kube_node_info, "version", "$1", "kubelet_version", "(.+)")
    or
    label_replace(${API_SERVER_BUILDS}, "version", "$1", "git_version", "(.+)")
  )
) > 1
unless
${inFlight}`,
      summary: 'The cluster runs {{ $value }} Kubernetes versions, and no upgrade is under way.',
      description:
        'Kubelets and API servers run {{ $value }} different versions, expected one. The nightly run finishes what was begun; see why it has not: kubectl get nodes -o wide; argo list -n k8s-upgrade.',
    },
    {
      alert: 'EtcdPreUpgradeSnapshotMissing',
      severity: 'critical',
      forSeconds: thresholds.snapshotMissingForSeconds,
      expr: `${inFlight}
unless
${gaugeText('k8s_upgrade_snapshot_taken')} == 1`,
      summary: 'An upgrade is under way without an etcd snapshot.',
      description:
        'An upgrade has begun and no etcd snapshot was taken, expected one before the first node is touched. There may be no way back: stop the run (argo stop -n k8s-upgrade <run>) and see why the snapshot is missing.',
    },
    {
      alert: 'K8sUpgradeStalled',
      severity: 'critical',
      forSeconds: thresholds.stalledForSeconds,
      expr: `time() - ${progressAt} > ${stalledAfterSeconds}
and
${inFlight}`,
      summary: 'The upgrade under way has got nowhere for {{ $value | humanizeDuration }}.',
      description: `The last progress is {{ $value | humanizeDuration }} old, expected at most ${words(stalledAfterSeconds)}. See where the run stands: argo list -n k8s-upgrade --running; argo get -n k8s-upgrade <run>. When there is none, it ended without its exit handler, and the next nightly run puts that right.`,
    },
    {
      alert: 'K8sUpgradeChainFailed',
      severity: 'warning',
      forSeconds: thresholds.failedForSeconds,
      expr: `${gaugeText('k8s_upgrade_failed')} == 1`,
      summary: 'The last upgrade run failed.',
      description:
        'The last run failed; nodes may be at different versions, and one may be cordoned. What failed, and the next command, is in its exit handler: argo list -n k8s-upgrade; argo logs -n k8s-upgrade <run>. argo retry -n k8s-upgrade <run> goes on from where it stopped.',
    },
    {
      alert: 'K8sUpgradeBlocked',
      severity: 'warning',
      forSeconds: 0,
      expr: `${gaugeText('k8s_upgrade_blocked')} == 1`,
      summary: 'The next upgrade is blocked by something that somebody can act on.',
      description:
        'The last run was blocked before it changed anything. Each reason, with its remedy, is in its log: argo list -n k8s-upgrade; argo logs -n k8s-upgrade <run>. The next nightly run looks afresh.',
    },
    {
      alert: 'K8sVersionCheckStale',
      severity: 'warning',
      forSeconds: checkStaleForSeconds,
      // The look-back also defines "never": a check that a restart removed is not a check that never ran.
      expr: `time() - ${checkedAt} > ${staleAfterSeconds}
or
absent_over_time(${over('k8s_version_check_last_run_timestamp')})`,
      summary: 'Nobody has successfully looked for a newer Kubernetes version lately.',
      description: `{{ if gt $value 1.0 }}The last version check that worked is {{ $value | humanizeDuration }} old{{ else }}No version check is known to have ever worked{{ end }}, expected one in the last ${words(staleAfterSeconds)}. See whether the nightly run is suspended or fails: argo cron list -n k8s-upgrade; argo list -n k8s-upgrade. If it works, see whether the Pushgateway takes its gauges and Prometheus scrapes them.`,
    },
    {
      alert: 'K8sUpgradeInProgress',
      severity: 'info',
      forSeconds: 0,
      expr: inFlight,
      summary: 'An upgrade is under way.',
      description:
        'Nodes are drained and restarted one by one; nothing else should restart any. See where it stands: argo list -n k8s-upgrade --running.',
    },
    {
      alert: 'RecentNodeReboot',
      severity: 'info',
      forSeconds: 0,
      expr: `time() - ${KUBELET_STARTS} < ${recentRebootSeconds}`,
      summary: 'The kubelet of {{ $labels.node }} started {{ $value | humanizeDuration }} ago.',
      description: `Node {{ $labels.node }} or its kubelet was restarted less than ${words(recentRebootSeconds)} ago. No upgrade begins while that is so; if nobody meant it, see why: kubectl describe node {{ $labels.node }}.`,
    },
  ];
}

const UNITS = [
  [HOUR_SECONDS, 'h', 'hour'],
  [60, 'm', 'minute'],
  [1, 's', 'second'],
] as const;

const inUnits = (seconds: number): readonly [count: number, unit: (typeof UNITS)[number]] => {
  const unit = UNITS.find(([size]) => seconds % size === 0) ?? UNITS[2];
  return [seconds / unit[0], unit];
};

/** Returns a duration in Prometheus notation. */
export function promDuration(seconds: number): string {
  const [count, [, letter]] = inUnits(seconds);
  return `${count}${letter}`;
}

function words(seconds: number): string {
  const [count, [, , word]] = inUnits(seconds);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
