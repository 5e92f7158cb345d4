import { hours, httpUrl, listOf, namespaceName, objectLabel, seconds } from './kinds.ts';
import { optionalSection, section, setting } from './kit.ts';

const prometheusRule = optionalSection(
  'alerts.prometheusRule',
  'Render the alert rules as a PrometheusRule, for the Prometheus Operator. Absent: there is none.',
  {
    namespace: setting(namespaceName, {
      default: 'k8s-upgrade',
      doc: 'Namespace of the PrometheusRule: one in which your Prometheus looks for rules.',
    }),
    labels: setting(listOf(objectLabel), {
      default: [],
      example: ['release=kube-prometheus-stack'],
      doc: 'Labels by which the ruleSelector of your Prometheus finds it.',
    }),
  },
);

const configMap = optionalSection(
  'alerts.configMap',
  'Render the alert rules as a ConfigMap k8s-upgrade-alert-rules, with a plain rule file in its key upgrade-gates.yaml. Absent: there is none.',
  {
    namespace: setting(namespaceName, {
      default: 'k8s-upgrade',
      doc: 'Namespace of the ConfigMap: that of the Prometheus that mounts it.',
    }),
    labels: setting(listOf(objectLabel), {
      default: [],
      example: ['prometheus_rules=1'],
      doc: 'Labels by which a sidecar of your Prometheus finds it.',
    }),
  },
);

export const alerts = section(
  'alerts',
  'The alert rules of the pipeline, group "Upgrade Gates". They read the gauges of metrics.pushgatewayUrl. `npm run rules` prints them as a plain rule file for any Prometheus.',
  {
    prometheusRule,
    configMap,
    runbookUrl: setting(httpUrl('https://git.example.com/argo-kubeadm-upgrade/docs/runbook'), {
      optional: true,
      example: 'https://git.example.com/argo-kubeadm-upgrade/docs/runbook',
      doc: 'Where the runbook is. Each alert has a runbook_url below it: <runbookUrl>/<alert>.md. Absent: alerts have no runbook_url.',
    }),
    versionSkewForSeconds: setting(seconds(), {
      default: 1800,
      doc: 'K8sVersionSkew: seconds that versions must differ outside of an upgrade before the alert fires.',
    }),
    snapshotMissingForSeconds: setting(seconds(), {
      default: 600,
      doc: 'EtcdPreUpgradeSnapshotMissing: seconds that an upgrade must be under way without an etcd snapshot before the alert fires.',
    }),
    stalledAfterSeconds: setting(seconds(60), {
      default: 5400,
      doc: 'K8sUpgradeStalled: age in seconds of the last progress of an upgrade. Let it be longer than any phase: a drain, kubeadm on one node, a soak.',
    }),
    stalledForSeconds: setting(seconds(), {
      default: 300,
      doc: 'K8sUpgradeStalled: seconds that the progress must be that old before the alert fires.',
    }),
    failedForSeconds: setting(seconds(), {
      default: 900,
      doc: 'K8sUpgradeChainFailed: seconds that the last run must have failed before the alert fires.',
    }),
    // Over a day, so over the longest phase that the settings allow: alert-rules.ts relies on that.
    checkStaleAfterHours: setting(hours(25), {
      default: 25,
      doc: 'K8sVersionCheckStale: age in hours of the last version check that worked. Raise it where nightly.schedule is not every day.',
    }),
    checkStaleForSeconds: setting(seconds(), {
      default: 3600,
      doc: 'K8sVersionCheckStale: seconds that the check must be that old before the alert fires.',
    }),
    recentRebootSeconds: setting(seconds(60), {
      default: 3600,
      doc: 'RecentNodeReboot: seconds for which the start of a kubelet counts as recent.',
    }),
  },
);
