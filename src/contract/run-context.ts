import { sshAddress } from './ssh-address.ts';
import { excludeNodes } from './node-exclusion.ts';
import { count, httpUrl, list, oneOf, optional, seconds, text, yesNo, type About } from './param.ts';
import type { Params, StepContract } from './step-contract.ts';

const about = (doc: string, example: string): About => ({ doc, example });

/** What every step is told beside its own inputs: whose run it is. */
export const runContext = {
  runName: text(about('Name of the Workflow.', 'k8s-upgrade-nightly-1790000000')),
  runUid: text(about('UID of the Workflow: the holder of the Lease.', '2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11')),
  podName: text(about('Name of the pod that the step runs in.', 'k8s-upgrade-nightly-1790000000-drain-1234')),
  namespace: text(about('Namespace of the run, its Lease and its ConfigMaps.', 'k8s-upgrade')),
  annotationPrefix: text(about('Prefix of every annotation that we write.', 'argo-kubeadm-upgrade.io/')),
};

/** What a step that reads Nodes is told beside that: which of them it leaves out, and where SSH goes. */
export const nodeContext = { excludeNodes, sshAddress };

/** What a step is told beside its own inputs. */
export const contextOf = ({ access }: Pick<StepContract, 'access'>): Params =>
  access.some(({ resources }) => resources.includes('nodes')) ? { ...runContext, ...nodeContext } : runContext;

/** How a step that logs in to nodes does it. */
export const sshInputs = {
  sshUser: text(about('User to log in as; any other than root uses passwordless sudo.', 'root')),
  sshPort: count(about('Port of sshd on the nodes.', '22')),
  sshHostKeys: oneOf(
    ['trust-on-first-use', 'strict'],
    about('Strict: only keys in ssh_known_hosts. Otherwise the first key seen is remembered per Node UID.', 'strict'),
  ),
  sshConnectTimeoutSeconds: seconds(about('How long to wait for a connection to sshd.', '20')),
};

/** Where nodes get their packages. */
export const packageInputs = {
  repository: httpUrl(
    about('Base URL of the package repository, without the minor.', 'https://pkgs.k8s.io/core:/stable:'),
  ),
  sourceFile: text(
    about('The apt source of the Kubernetes packages on the nodes.', '/etc/apt/sources.list.d/kubernetes.list'),
  ),
  keyringFile: text(
    about('The signing key of that source on the nodes.', '/etc/apt/keyrings/kubernetes-apt-keyring.asc'),
  ),
};

/** How the package repository is asked without a node. In the environment, HTTPS_PROXY and NO_PROXY. */
export const repositoryInputs = {
  repository: packageInputs.repository,
  httpsProxy: optional(
    httpUrl(about('Proxy for https addresses; empty to ask directly.', 'http://proxy.example.com:3128')),
  ),
  noProxy: list(about('Hosts and domains that are asked directly, separated by commas.', '.svc,10.0.0.1')),
  repositoryTimeoutSeconds: seconds(about('How long one answer of the repository may take.', '30')),
};

/** Where the gate learns who still asks for APIs that will go. */
export const deprecatedApiInputs = {
  deprecatedApisSource: oneOf(
    ['api-servers', 'prometheus'],
    about('Whether the API servers themselves are asked, or Prometheus.', 'api-servers'),
  ),
  prometheusUrl: optional(
    httpUrl(about('Address of Prometheus; empty where there is none.', 'http://prometheus.monitoring.svc:9090')),
  ),
  lookbackHours: count(about('For how many hours back requests count.', '24')),
};

/** The server that knows the firing alerts, and the alerts that stop an upgrade. */
export const alertInputs = {
  alertSource: oneOf(
    ['prometheus', 'alertmanager', 'off'],
    about('Who is asked which alerts fire; off: nobody, and no alert stands in the way.', 'prometheus'),
  ),
  alertUrl: optional(
    httpUrl(about('Address of that Prometheus or Alertmanager.', 'http://prometheus.monitoring.svc:9090')),
  ),
  alertSeverities: list(
    about('Only alerts of these severities; empty for every severity but info and none.', 'critical,warning'),
  ),
  ignoredAlerts: list(about('Names of alerts that never count, as regular expressions.', 'KubeCPUOvercommit')),
  alertGateLabel: text(
    about('Label that makes an alert count whatever its severity, when it is true.', 'upgrade_gate'),
  ),
};

/** The kured whose reboots an upgrade avoids. */
export const kuredInputs = {
  kuredDaemonSet: optional(text(about('DaemonSet of kured, namespace/name; empty to not ask.', 'kube-system/kured'))),
  kuredLockAnnotation: text(about('Its annotation that is the lock of kured.', 'weave.works/kured-node-lock')),
};

/** Inputs of a step that waits until kured has finished its reboot. */
export const besideKuredInputs = {
  ...kuredInputs,
  kuredWaitSeconds: seconds(about('How long kured may take to give its lock back.', '1800')),
};

/** The only Deployments that a step may scale, whatever is recorded elsewhere. */
export const quiesceInputs = {
  quiesce: list(
    about('Deployments (namespace/name) that are at 0 while a control-plane node changes.', 'argocd/argocd-server'),
  ),
};

const clusterName = text(about('Name of the cluster, in messages and in the label cluster of gauges.', 'prod'));

/** Where steps push the gauges that the alert rules read. */
export const metricsInputs = {
  clusterName,
  pushgatewayUrl: optional(
    httpUrl(about('Address of the Pushgateway; empty where there is none.', 'http://pushgateway.monitoring.svc:9091')),
  ),
};

/** Inputs of steps that post messages about a run. The addresses of webhooks are secrets, and come as files. */
export const chatInputs = {
  clusterName,
  slack: yesNo(about('Whether Slack is told, by the key slack_webhook of the Secret.', 'true')),
  webhook: yesNo(
    about('Whether each message is also posted as JSON, to the address in the key webhook_url of the Secret.', 'true'),
  ),
  argoUiUrl: optional(httpUrl(about('Address of the Argo UI, for links; empty for none.', 'https://argo.example.com'))),
};
