/**
 * What explains an alert. `versions`: control plane and nodes differ because an upgrade is not finished. `node`: the
 * alert names a node that is being upgraded. `control-plane`: the alert names a control-plane node that is being
 * upgraded. `drain`: a pod that the drain moved serves an aggregated API.
 */
export type Explanation = 'versions' | 'node' | 'control-plane' | 'drain';

interface UpgradeAlert {
  readonly name: string;
  readonly explanation: Explanation;
  /** The condition of the alert, from its rule. */
  readonly fires: string;
  readonly source: string;
}

/**
 * kube-prometheus renders these rules from kubernetes-mixin:
 * https://github.com/prometheus-operator/kube-prometheus/blob/4d719f1dea8853540b3823ab1fbe6be74a9953b3/manifests/kubernetesControlPlane-prometheusRule.yaml
 */
const MIXIN = 'https://github.com/kubernetes-monitoring/kubernetes-mixin/blob/aa38e2bfa7ea6ec6870420b483046afe790a6411';
const SYSTEM = `${MIXIN}/alerts/system_alerts.libsonnet`;
const KUBELET = `${MIXIN}/alerts/kubelet.libsonnet`;
const API_SERVER = `${MIXIN}/alerts/kube_apiserver.libsonnet`;
/** Each component has one of these alerts, with its own name before `InstanceUnreachable`. */
const UNREACHABLE = `${MIXIN}/lib/instance_unreachable_alert.libsonnet`;

/**
 * Alerts that an upgrade causes by itself.
 * The list excludes alerts about the whole cluster that fire later than a restart takes. Examples are TargetDown after
 * 10 min, KubeAPIErrorBudgetBurn, and, after 15 min without any target, KubeAPIDown, KubeletDown, KubeSchedulerDown and
 * KubeControllerManagerDown.
 * It also excludes alerts about pods, because the soak watches pods.
 */
export const UPGRADE_ALERTS: readonly UpgradeAlert[] = [
  {
    name: 'KubeVersionMismatch',
    explanation: 'versions',
    source: SYSTEM,
    fires: 'components run more than one minor version for 15 min',
  },
  {
    name: 'KubeNodeNotReady',
    explanation: 'node',
    source: KUBELET,
    fires: 'a node that takes pods is not Ready for 15 min',
  },
  {
    name: 'KubeNodeUnreachable',
    explanation: 'node',
    source: KUBELET,
    fires: 'a node carries the taint node.kubernetes.io/unreachable for 15 min',
  },
  {
    name: 'KubeNodeReadinessFlapping',
    explanation: 'node',
    source: KUBELET,
    fires: 'the Ready condition of a node changed more than twice within 15 min, for 15 min',
  },
  {
    name: 'KubeletInstanceUnreachable',
    explanation: 'node',
    source: UNREACHABLE,
    fires: 'the metrics of a kubelet cannot be scraped for 15 min',
  },
  {
    name: 'KubeAPIInstanceUnreachable',
    explanation: 'control-plane',
    source: UNREACHABLE,
    fires: 'the metrics of an API server cannot be scraped for 15 min',
  },
  {
    name: 'KubeSchedulerInstanceUnreachable',
    explanation: 'control-plane',
    source: UNREACHABLE,
    fires: 'the metrics of a scheduler cannot be scraped for 15 min',
  },
  {
    name: 'KubeControllerManagerInstanceUnreachable',
    explanation: 'control-plane',
    source: UNREACHABLE,
    fires: 'the metrics of a controller manager cannot be scraped for 15 min',
  },
  {
    name: 'KubeAggregatedAPIDown',
    explanation: 'drain',
    source: API_SERVER,
    fires: 'an aggregated API was available for less than 85 % of 10 min, for 5 min',
  },
  {
    name: 'KubeAggregatedAPIErrors',
    explanation: 'drain',
    source: API_SERVER,
    fires: 'an aggregated API is reported unavailable for 10 min',
  },
];
