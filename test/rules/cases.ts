import type { AlertName } from '../../src/signals/alert-rules.ts';

/** A stretch of time that Prometheus lives through, and exactly what fires in it. `promtool test rules` runs it. */
export interface RuleCase {
  readonly about: AlertName;
  /** Goes on after the name of the alert. */
  readonly promises: string;
  /** A value a minute from 1970 on, in promtool's notation: `0x30 1x30` is 31 zeros and 31 ones. */
  readonly series: Readonly<Record<string, string>>;
  /** At each of these moments all the alerts that fire, and no other. */
  readonly firing: Readonly<Record<string, readonly AlertName[]>>;
  /** The alert that the case is about, at the last of the moments, to the letter. */
  readonly says?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
    readonly description: string;
  };
}

/** The cluster whose rules the cases are about. Its settings are the defaults. */
export const CLUSTER = 'example';

/** A version check ran at midnight, so that the alert about stale checks does not fire in other cases. */
const CHECKED = { k8s_version_check_last_run_timestamp: '0x2000' };

const apiServer = (instance: string, version: string): Readonly<Record<string, string>> => ({
  [`kubernetes_build_info{instance="${instance}", git_version="${version}"}`]: '1x2000',
  [`aggregator_unavailable_apiservice{instance="${instance}", name="v1."}`]: '0x2000',
  [`aggregator_unavailable_apiservice{instance="${instance}", name="v1.apps"}`]: '0x2000',
});
const node = (name: string, version: string, more = ''): Readonly<Record<string, string>> => ({
  [`kube_node_info{node="${name}", kubelet_version="${version}"${more}}`]: '1x2000',
});
const MIXED = { ...node('cp-1', 'v1.34.10'), ...node('worker-1', 'v1.34.9') };

/** Under way since midnight, snapshot taken, and then nothing more was heard. */
const SILENT_RUN = {
  k8s_upgrade_in_flight: '1x2000',
  k8s_upgrade_snapshot_taken: '1x2000',
  k8s_upgrade_progress_timestamp: '0x2000',
  k8s_upgrade_failed: '0x2000',
  k8s_upgrade_blocked: '0x2000',
};

/** As one `kubelet` target of a scrape with these labels looks; it started at midnight. */
const kubelet = (name: string, labels: string): Readonly<Record<string, string>> => ({
  [`kubelet_node_name{node="${name}", ${labels}}`]: '1x200',
  [`process_start_time_seconds{${labels}}`]: '0x200',
});

export const CASES: readonly RuleCase[] = [
  // ---- K8sVersionSkew ---------------------------------------------------------------------------------------------
  {
    about: 'K8sVersionSkew',
    promises: 'fires when a node has been behind for half an hour',
    series: { ...CHECKED, ...MIXED },
    firing: { '29m': [], '31m': ['K8sVersionSkew'] },
    says: {
      labels: { severity: 'warning' },
      summary: 'The cluster runs 2 Kubernetes versions, and no upgrade is under way.',
      description:
        'Kubelets and API servers run 2 different versions, expected one. The nightly run finishes what was begun; see why it has not: kubectl get nodes -o wide; argo list -n k8s-upgrade.',
    },
  },
  {
    about: 'K8sVersionSkew',
    promises: 'fires when an API server is ahead of every kubelet',
    series: { ...CHECKED, ...node('cp-1', 'v1.34.9'), ...apiServer('10.0.0.1:6443', 'v1.34.10') },
    firing: { '31m': ['K8sVersionSkew'] },
  },
  {
    about: 'K8sVersionSkew',
    promises: 'stays quiet when all are alike, seen by two Prometheus servers',
    series: {
      ...CHECKED,
      ...node('cp-1', 'v1.34.10', ', replica="a"'),
      ...node('cp-1', 'v1.34.10', ', replica="b"'),
      ...apiServer('10.0.0.1:6443', 'v1.34.10'),
      ...apiServer('10.0.0.2:6443', 'v1.34.10'),
    },
    firing: { '31m': [], '5h': [] },
  },
  {
    about: 'K8sVersionSkew',
    promises:
      'stays quiet about the versions of what is neither: an addon built with the code of Kubernetes, a scheduler',
    series: {
      ...CHECKED,
      ...node('cp-1', 'v1.34.10'),
      ...apiServer('10.0.0.1:6443', 'v1.34.10'),
      'kubernetes_build_info{instance="10.244.0.7:9153", git_version="v0.0.0-master+$Format:%H$"}': '1x2000',
      'kubernetes_build_info{instance="10.0.0.1:10259", git_version="v1.34.9"}': '1x2000',
    },
    firing: { '31m': [], '5h': [] },
  },
  {
    about: 'K8sVersionSkew',
    promises: 'stays quiet while an upgrade is under way, and fires half an hour after one that left nodes behind',
    series: {
      ...CHECKED,
      ...MIXED,
      k8s_upgrade_in_flight: '1x60 0x120',
      k8s_upgrade_snapshot_taken: '1x180',
      k8s_upgrade_progress_timestamp: '0+60x60 3600x120',
    },
    firing: { '60m': ['K8sUpgradeInProgress'], '90m': [], '92m': ['K8sVersionSkew'] },
  },
  {
    about: 'K8sVersionSkew',
    promises: 'is not excused for ever by a leaked gauge',
    series: { ...CHECKED, ...MIXED, ...SILENT_RUN },
    firing: {
      '25h': ['K8sUpgradeInProgress', 'K8sUpgradeStalled'],
      '27h': ['K8sVersionCheckStale', 'K8sVersionSkew'],
    },
  },

  // ---- EtcdPreUpgradeSnapshotMissing ------------------------------------------------------------------------------
  {
    about: 'EtcdPreUpgradeSnapshotMissing',
    promises: 'fires ten minutes after a begin without a snapshot',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '1x60',
      k8s_upgrade_snapshot_taken: '0x60',
      k8s_upgrade_progress_timestamp: '0+60x60',
    },
    firing: {
      '9m': ['K8sUpgradeInProgress'],
      '11m': ['EtcdPreUpgradeSnapshotMissing', 'K8sUpgradeInProgress'],
    },
    says: {
      labels: { severity: 'critical' },
      summary: 'An upgrade is under way without an etcd snapshot.',
      description:
        'An upgrade has begun and no etcd snapshot was taken, expected one before the first node is touched. There may be no way back: stop the run (argo stop -n k8s-upgrade <run>) and see why the snapshot is missing.',
    },
  },
  {
    about: 'EtcdPreUpgradeSnapshotMissing',
    promises: 'fires when nothing was ever said of a snapshot',
    series: { ...CHECKED, k8s_upgrade_in_flight: '1x60', k8s_upgrade_progress_timestamp: '0+60x60' },
    firing: { '11m': ['EtcdPreUpgradeSnapshotMissing', 'K8sUpgradeInProgress'] },
  },
  {
    about: 'EtcdPreUpgradeSnapshotMissing',
    promises: 'stays quiet when the snapshot took eight minutes',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '1x60',
      k8s_upgrade_snapshot_taken: '0x8 1x60',
      k8s_upgrade_progress_timestamp: '0+60x60',
    },
    firing: { '11m': ['K8sUpgradeInProgress'], '60m': ['K8sUpgradeInProgress'] },
  },
  {
    about: 'EtcdPreUpgradeSnapshotMissing',
    promises: 'stays quiet when no upgrade is under way',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '0x60',
      k8s_upgrade_snapshot_taken: '0x60',
      k8s_upgrade_progress_timestamp: '0x60',
    },
    firing: { '11m': [], '60m': [] },
  },
  {
    about: 'EtcdPreUpgradeSnapshotMissing',
    promises: 'does not fire for ever for a run that died before its snapshot',
    series: { ...CHECKED, ...SILENT_RUN, k8s_upgrade_snapshot_taken: '0x2000' },
    firing: {
      '25h': ['EtcdPreUpgradeSnapshotMissing', 'K8sUpgradeInProgress', 'K8sUpgradeStalled'],
      '27h': ['K8sVersionCheckStale'],
    },
  },

  // ---- K8sUpgradeStalled ------------------------------------------------------------------------------------------
  {
    about: 'K8sUpgradeStalled',
    promises: 'fires when an upgrade has got nowhere for 5400 s, and for 5 minutes more',
    series: { ...CHECKED, ...SILENT_RUN },
    firing: { '95m': ['K8sUpgradeInProgress'], '97m': ['K8sUpgradeInProgress', 'K8sUpgradeStalled'] },
    says: {
      labels: { severity: 'critical' },
      summary: 'The upgrade under way has got nowhere for 1h 37m 0s.',
      description:
        'The last progress is 1h 37m 0s old, expected at most 90 minutes. See where the run stands: argo list -n k8s-upgrade --running; argo get -n k8s-upgrade <run>. When there is none, it ended without its exit handler, and the next nightly run puts that right.',
    },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'stays quiet through a long night of a big cluster that gets somewhere every 80 minutes',
    series: {
      ...CHECKED,
      ...SILENT_RUN,
      k8s_upgrade_progress_timestamp: [0, 1, 2, 3, 4, 5, 6, 7].map((phase) => `${phase * 4800}x79`).join(' '),
    },
    firing: { '97m': ['K8sUpgradeInProgress'], '5h': ['K8sUpgradeInProgress'], '10h': ['K8sUpgradeInProgress'] },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'stays quiet when nothing is under way, however old the last progress is',
    series: { ...CHECKED, k8s_upgrade_in_flight: '0x2000', k8s_upgrade_progress_timestamp: '0x2000' },
    firing: { '2h': [], '24h': [] },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'ends with the next night, which puts a leaked gauge right',
    series: {
      ...CHECKED,
      ...SILENT_RUN,
      k8s_upgrade_in_flight: '1x300 0x300',
      k8s_upgrade_progress_timestamp: '0x300 18060x300',
    },
    firing: { '4h': ['K8sUpgradeInProgress', 'K8sUpgradeStalled'], '5h2m': [], '9h': [] },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'does not fire for ever for a leaked gauge that no night puts right: the stale check takes over from it',
    series: { ...CHECKED, ...SILENT_RUN },
    firing: {
      '25h55m': ['K8sUpgradeInProgress', 'K8sUpgradeStalled'],
      '26h5m': ['K8sVersionCheckStale'],
      '33h': ['K8sVersionCheckStale'],
    },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'fires for a stuck run although the Pushgateway has forgotten it',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '1x30 stale',
      k8s_upgrade_snapshot_taken: '1x30 stale',
      k8s_upgrade_progress_timestamp: '0x30 stale',
    },
    firing: { '95m': ['K8sUpgradeInProgress'], '97m': ['K8sUpgradeInProgress', 'K8sUpgradeStalled'] },
  },
  {
    about: 'K8sUpgradeStalled',
    promises: 'is not kept up by what the pod of a Pushgateway said that has moved since',
    series: {
      ...CHECKED,
      'k8s_upgrade_in_flight{pod="a"}': '1x30 stale',
      'k8s_upgrade_snapshot_taken{pod="a"}': '0x30 stale',
      'k8s_upgrade_progress_timestamp{pod="a"}': '0x30 stale',
      'k8s_upgrade_in_flight{pod="b"}': '_x32 1x10 0x200',
      'k8s_upgrade_snapshot_taken{pod="b"}': '_x32 1x10 0x200',
      'k8s_upgrade_progress_timestamp{pod="b"}': '_x32 1980x10 2600x200',
    },
    firing: {
      '40m': ['K8sUpgradeInProgress'],
      '50m': [],
      '97m': [],
      '200m': [],
    },
  },

  // ---- K8sUpgradeChainFailed --------------------------------------------------------------------------------------
  {
    about: 'K8sUpgradeChainFailed',
    promises: 'fires a quarter of an hour after a run that failed in the middle',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '1x10 0x60',
      k8s_upgrade_failed: '0x10 1x60',
      k8s_upgrade_snapshot_taken: '1x70',
      k8s_upgrade_progress_timestamp: '0+60x10 660x60',
    },
    firing: { '10m': ['K8sUpgradeInProgress'], '25m': [], '27m': ['K8sUpgradeChainFailed'] },
    says: {
      labels: { severity: 'warning' },
      summary: 'The last upgrade run failed.',
      description:
        'The last run failed; nodes may be at different versions, and one may be cordoned. What failed, and the next command, is in its exit handler: argo list -n k8s-upgrade; argo logs -n k8s-upgrade <run>. argo retry -n k8s-upgrade <run> goes on from where it stopped.',
    },
  },
  {
    about: 'K8sUpgradeChainFailed',
    promises: 'fires for a failure before in-flight, when nothing was ever said of a begin',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '0x60',
      k8s_upgrade_blocked: '0x60',
      k8s_upgrade_held: '0x60',
      k8s_upgrade_failed: '1x60',
      k8s_upgrade_progress_timestamp: '0x60',
    },
    firing: { '14m': [], '16m': ['K8sUpgradeChainFailed'] },
  },
  {
    about: 'K8sUpgradeChainFailed',
    promises: 'stays quiet when a run was blocked',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '0x60',
      k8s_upgrade_failed: '0x60',
      k8s_upgrade_blocked: '1x60',
      k8s_upgrade_progress_timestamp: '0x60',
    },
    firing: { '16m': ['K8sUpgradeBlocked'], '60m': ['K8sUpgradeBlocked'] },
  },
  {
    about: 'K8sUpgradeChainFailed',
    promises: 'stays quiet when a retry soon did better',
    series: {
      ...CHECKED,
      k8s_upgrade_failed: '1x12 0x60',
      k8s_upgrade_progress_timestamp: '0x12 780x60',
    },
    firing: { '12m': [], '16m': [], '60m': [] },
  },
  {
    about: 'K8sUpgradeChainFailed',
    promises: 'goes on until the next run although the Pushgateway has forgotten it',
    series: {
      ...CHECKED,
      k8s_upgrade_failed: '1x30 stale _x600 0x60',
      k8s_upgrade_progress_timestamp: '0x30 stale _x600 37920x60',
    },
    firing: { '29m': ['K8sUpgradeChainFailed'], '8h': ['K8sUpgradeChainFailed'], '11h': [] },
  },

  // ---- K8sUpgradeBlocked ------------------------------------------------------------------------------------------
  {
    about: 'K8sUpgradeBlocked',
    promises: 'fires at once',
    series: { ...CHECKED, k8s_upgrade_blocked: '0x10 1x60', k8s_upgrade_progress_timestamp: '0x10 660x60' },
    firing: { '10m': [], '11m': ['K8sUpgradeBlocked'] },
    says: {
      labels: { severity: 'warning' },
      summary: 'The next upgrade is blocked by something that somebody can act on.',
      description:
        'The last run was blocked before it changed anything. Each reason, with its remedy, is in its log: argo list -n k8s-upgrade; argo logs -n k8s-upgrade <run>. The next nightly run looks afresh.',
    },
  },
  {
    about: 'K8sUpgradeBlocked',
    promises: 'stays quiet when a run was held, which nobody can act on',
    series: {
      ...CHECKED,
      k8s_upgrade_blocked: '0x60',
      k8s_upgrade_held: '1x60',
      k8s_upgrade_progress_timestamp: '0x60',
    },
    firing: { '11m': [], '60m': [] },
  },

  // ---- K8sVersionCheckStale ---------------------------------------------------------------------------------------
  {
    about: 'K8sVersionCheckStale',
    promises: 'fires when no check has worked for 25 hours, and for one more',
    series: CHECKED,
    firing: { '25h55m': [], '26h5m': ['K8sVersionCheckStale'] },
    says: {
      labels: { severity: 'warning' },
      summary: 'Nobody has successfully looked for a newer Kubernetes version lately.',
      description:
        'The last version check that worked is 1d 2h 5m 0s old, expected one in the last 25 hours. See whether the nightly run is suspended or fails: argo cron list -n k8s-upgrade; argo list -n k8s-upgrade. If it works, see whether the Pushgateway takes its gauges and Prometheus scrapes them.',
    },
  },
  {
    about: 'K8sVersionCheckStale',
    promises: 'fires when no check has ever worked',
    series: {},
    firing: { '59m': [], '61m': ['K8sVersionCheckStale'] },
    says: {
      labels: { severity: 'warning' },
      summary: 'Nobody has successfully looked for a newer Kubernetes version lately.',
      description:
        'No version check is known to have ever worked, expected one in the last 25 hours. See whether the nightly run is suspended or fails: argo cron list -n k8s-upgrade; argo list -n k8s-upgrade. If it works, see whether the Pushgateway takes its gauges and Prometheus scrapes them.',
    },
  },
  {
    about: 'K8sVersionCheckStale',
    promises: 'stays quiet when a check works every night',
    series: { k8s_version_check_last_run_timestamp: '0x1439 86400x1400' },
    firing: { '24h': [], '47h': [] },
  },
  {
    about: 'K8sVersionCheckStale',
    promises: 'stays quiet when a Pushgateway restarts and takes every gauge with it, as does every other alert',
    series: {
      ...node('cp-1', 'v1.34.10'),
      ...apiServer('10.0.0.1:6443', 'v1.34.10'),
      k8s_version_check_last_run_timestamp: '0x60 stale _x1378 86400x300',
      k8s_upgrade_in_flight: '0x60 stale',
      k8s_upgrade_failed: '0x60 stale',
      k8s_upgrade_blocked: '0x60 stale',
      k8s_upgrade_snapshot_taken: '0x60 stale',
      k8s_upgrade_progress_timestamp: '0x60 stale',
    },
    firing: { '65m': [], '130m': [], '12h': [], '23h55m': [], '28h': [] },
  },
  {
    about: 'K8sVersionCheckStale',
    promises: 'fires at its time although the Pushgateway has forgotten when the last check was, and goes on',
    series: { k8s_version_check_last_run_timestamp: '0x60 stale' },
    firing: {
      '25h55m': [],
      '26h5m': ['K8sVersionCheckStale'],
      '27h5m': ['K8sVersionCheckStale'],
      '33h': ['K8sVersionCheckStale'],
    },
  },

  {
    about: 'K8sVersionCheckStale',
    promises: 'fires although another cluster of the Pushgateway has looked',
    series: { 'k8s_version_check_last_run_timestamp{cluster="other"}': '0+60x2000' },
    firing: { '59m': [], '61m': ['K8sVersionCheckStale'] },
  },

  // ---- K8sUpgradeInProgress ---------------------------------------------------------------------------------------
  {
    about: 'K8sUpgradeInProgress',
    promises: 'fires from begin to the end, also while the Pushgateway is gone, so that kured has no gap to reboot in',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '0x10 1x10 stale _x28 1x10 0x60',
      k8s_upgrade_snapshot_taken: '0x10 1x10 stale _x28 1x10 0x60',
      k8s_upgrade_progress_timestamp: '0x10 660x10 stale _x28 3000x10 3660x60',
    },
    firing: {
      '10m': [],
      '11m': ['K8sUpgradeInProgress'],
      '25m': ['K8sUpgradeInProgress'],
      '49m': ['K8sUpgradeInProgress'],
      '60m': ['K8sUpgradeInProgress'],
      '63m': [],
    },
  },
  {
    about: 'K8sUpgradeInProgress',
    promises: 'fires once when two Pushgateways, or two scrapes, say so',
    series: {
      ...CHECKED,
      'k8s_upgrade_in_flight{instance="a", exported_instance=""}': '1x60',
      'k8s_upgrade_in_flight{instance="b"}': '1x60',
      'k8s_upgrade_snapshot_taken{instance="a"}': '1x60',
      'k8s_upgrade_snapshot_taken{instance="b"}': '1x60',
      'k8s_upgrade_progress_timestamp{instance="a"}': '0+60x60',
      'k8s_upgrade_progress_timestamp{instance="b"}': '0+60x60',
    },
    firing: { '30m': ['K8sUpgradeInProgress'] },
    says: {
      labels: { severity: 'info' },
      summary: 'An upgrade is under way.',
      description:
        'Nodes are drained and restarted one by one; nothing else should restart any. See where it stands: argo list -n k8s-upgrade --running.',
    },
  },
  {
    about: 'K8sUpgradeInProgress',
    promises: 'is not kept up by a second Pushgateway that has heard of the begin and not of the end',
    series: {
      ...CHECKED,
      'k8s_upgrade_in_flight{instance="a"}': '1x2000',
      'k8s_upgrade_snapshot_taken{instance="a"}': '1x2000',
      'k8s_upgrade_progress_timestamp{instance="a"}': '0x2000',
      'k8s_upgrade_in_flight{instance="b"}': '_x9 1x10 0x2000',
      'k8s_upgrade_snapshot_taken{instance="b"}': '_x9 1x10 0x2000',
      'k8s_upgrade_progress_timestamp{instance="b"}': '_x9 600x10 1260x2000',
    },
    firing: { '19m': ['K8sUpgradeInProgress'], '25m': [], '97m': [], '3h': [] },
  },
  {
    about: 'K8sUpgradeInProgress',
    promises: 'stays quiet on a night on which there is nothing to do',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '0x60',
      k8s_upgrade_started_timestamp: '0x60',
      k8s_upgrade_snapshot_taken: '0x60',
      k8s_upgrade_progress_timestamp: '0x60',
    },
    firing: { '1m': [], '30m': [], '60m': [] },
  },

  {
    about: 'K8sUpgradeInProgress',
    promises: 'stays quiet, as every alert, about what another cluster says, or a release that knew no cluster',
    series: {
      ...CHECKED,
      ...Object.fromEntries(
        ['', 'other'].flatMap((cluster) => [
          [`k8s_upgrade_in_flight{cluster="${cluster}"}`, '1x2000'],
          [`k8s_upgrade_snapshot_taken{cluster="${cluster}"}`, '0x2000'],
          [`k8s_upgrade_failed{cluster="${cluster}"}`, '1x2000'],
          [`k8s_upgrade_blocked{cluster="${cluster}"}`, '1x2000'],
          [`k8s_upgrade_progress_timestamp{cluster="${cluster}"}`, '0x2000'],
        ]),
      ),
    },
    firing: { '1m': [], '97m': [], '5h': [] },
  },
  {
    about: 'K8sUpgradeInProgress',
    promises: 'fires although another cluster of the Pushgateway ended a run later',
    series: {
      ...CHECKED,
      k8s_upgrade_in_flight: '1x60',
      k8s_upgrade_snapshot_taken: '1x60',
      k8s_upgrade_progress_timestamp: '0+30x60',
      'k8s_upgrade_in_flight{cluster="other"}': '0x60',
      'k8s_upgrade_progress_timestamp{cluster="other"}': '0+60x60',
    },
    firing: { '30m': ['K8sUpgradeInProgress'] },
  },

  // ---- RecentNodeReboot -------------------------------------------------------------------------------------------
  {
    about: 'RecentNodeReboot',
    promises: 'fires for an hour after a kubelet has started, and names its node',
    series: { ...CHECKED, ...kubelet('worker-1', 'instance="10.0.0.2:10250"') },
    firing: { '61m': [], '1m': ['RecentNodeReboot'], '59m': ['RecentNodeReboot'] },
    says: {
      labels: { severity: 'info', node: 'worker-1' },
      summary: 'The kubelet of worker-1 started 59m 0s ago.',
      description:
        'Node worker-1 or its kubelet was restarted less than 1 hour ago. No upgrade begins while that is so; if nobody meant it, see why: kubectl describe node worker-1.',
    },
  },
  {
    about: 'RecentNodeReboot',
    promises:
      'fires once where scrapes add the node, the path and a job, two Prometheus servers look, and another path tells the start too',
    series: {
      ...CHECKED,
      ...Object.fromEntries(
        ['a', 'b'].flatMap((replica) => {
          const target = `instance="10.0.0.2:10250", job="kubelet", replica="${replica}"`;
          return [
            [`kubelet_node_name{node="worker-1", metrics_path="/metrics", ${target}}`, '1x200'],
            [`process_start_time_seconds{node="worker-1", metrics_path="/metrics", ${target}}`, '0x200'],
            [`process_start_time_seconds{node="worker-1", metrics_path="/metrics/probes", ${target}}`, '0x200'],
          ];
        }),
      ),
    },
    firing: { '30m': ['RecentNodeReboot'] },
    says: {
      labels: { severity: 'info', node: 'worker-1' },
      summary: 'The kubelet of worker-1 started 30m 0s ago.',
      description:
        'Node worker-1 or its kubelet was restarted less than 1 hour ago. No upgrade begins while that is so; if nobody meant it, see why: kubectl describe node worker-1.',
    },
  },
  {
    about: 'RecentNodeReboot',
    promises: 'stays quiet when something else on the node started, even under the same instance',
    series: {
      ...CHECKED,
      'kubelet_node_name{node="worker-1", instance="worker-1", job="kubelet"}': '1x200',
      'process_start_time_seconds{instance="worker-1", job="kubelet"}': '-86400x200',
      'process_start_time_seconds{instance="worker-1", job="node-exporter"}': '0x200',
      'process_start_time_seconds{instance="10.244.1.7:8080", job="app"}': '0x200',
    },
    firing: { '1m': [], '30m': [] },
  },
];
