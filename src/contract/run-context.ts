import { annotationPrefix } from '../settings/annotation-prefix.ts';
import { deprecatedApis } from '../settings/compatibility.ts';
import { controlPlane } from '../settings/control-plane.ts';
import { kured } from '../settings/kured.ts';
import { metrics } from '../settings/metrics.ts';
import { alertGate, monitoring } from '../settings/monitoring.ts';
import { exclude } from '../settings/nodes.ts';
import { notify } from '../settings/notify.ts';
import { packages } from '../settings/packages.ts';
import { ssh, sshAddress } from '../settings/ssh.ts';
import { constant, derived, from, input, paramOf, sectionInput } from './from-settings.ts';
import { httpUrl, optional, seconds, text, type ParamOptions } from './param.ts';
import type { Params, StepContract, ValuesOf } from './step-contract.ts';

const about = (doc: string, example: string): ParamOptions => ({ doc, example });

/** Inputs of every step beside its own: the run that it belongs to. */
export const runContext = {
  runName: text(about('Name of the Workflow.', 'k8s-upgrade-nightly-1790000000')),
  runUid: text(about('UID of the Workflow: the holder of the Lease.', '2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11')),
  podName: text(about('Name of the pod that the step runs in.', 'k8s-upgrade-nightly-1790000000-drain-1234')),
  namespace: text(about('Namespace of the run, its Lease and its ConfigMaps.', 'k8s-upgrade')),
  annotationPrefix: derived(paramOf(annotationPrefix), (settings) => settings.annotationPrefix),
};

/** Inputs of every step that reads Nodes: which Nodes it leaves out, and which address SSH uses. */
export const nodeContext = {
  excludeNodes: sectionInput(
    exclude,
    about(
      'Workers that are left out: by name, by label, and by kind.',
      '{"names":["edge-1"],"labels":["pool=edge"],"kinds":["kubeedge","windows"]}',
    ),
  ),
  sshAddress: sectionInput(
    sshAddress,
    about(
      'Which address of a Node SSH goes to: its type, and the networks that it may be in (none: any).',
      '{"type":"InternalIP","cidrs":["10.0.0.0/8"]}',
    ),
  ),
};

/** Values of the context of a step. The values of `nodeContext` are absent in a step that reads no Nodes. */
export type RunContext = ValuesOf<typeof runContext> & Partial<ValuesOf<typeof nodeContext>>;

/** Everything that the step with contract `S` is given: `InputOf<typeof drain>`. */
export type InputOf<S extends { readonly inputs: Params }> = ValuesOf<S['inputs']> & RunContext;

/** Returns the inputs of a step beside its own. */
export const contextOf = ({ access }: Pick<StepContract, 'access'>): Params =>
  access.some(({ resources }) => resources.includes('nodes')) ? { ...runContext, ...nodeContext } : runContext;

/** How a step that logs in to nodes does it. */
export const sshInputs = {
  sshUser: input(ssh, 'user'),
  sshPort: input(ssh, 'port'),
  sshHostKeys: input(ssh, 'hostKeys'),
  sshConnectTimeoutSeconds: input(ssh, 'connectTimeoutSeconds'),
};

/** Where nodes get their packages. */
export const packageInputs = from(packages, 'repository', 'sourceFile', 'keyringFile');

/** How the package repository is asked without a node. In the environment, HTTPS_PROXY and NO_PROXY. */
export const repositoryInputs = {
  ...from(packages, 'repository', 'httpsProxy', 'noProxy'),
  repositoryTimeoutSeconds: constant(
    seconds(about('How long, in seconds, one answer of the repository may take.', '30')),
    30,
  ),
};

/** Where the gate learns who still requests APIs that the target removes. */
export const deprecatedApiInputs = {
  deprecatedApisSource: input(deprecatedApis, 'source'),
  prometheusUrl: input(monitoring, 'prometheusUrl'),
  lookbackHours: input(deprecatedApis, 'lookbackHours'),
};

const { source, severities, ignore, gateLabel } = alertGate.members;

/** The server that knows the firing alerts, and the alerts that stop an upgrade. Without monitoring, no server is asked. */
export const alertInputs = {
  alertSource: derived(paramOf(source), ({ monitoring }) => monitoring?.alerts.source ?? 'off'),
  alertUrl: derived(
    optional(httpUrl(about('Address of that Prometheus or Alertmanager.', 'http://prometheus.monitoring.svc:9090'))),
    ({ monitoring }) =>
      monitoring?.alerts.source === 'alertmanager' ? monitoring.alerts.alertmanagerUrl : monitoring?.prometheusUrl,
  ),
  alertSeverities: derived(paramOf(severities), ({ monitoring }) => monitoring?.alerts.severities ?? []),
  ignoredAlerts: derived(paramOf(ignore), ({ monitoring }) => monitoring?.alerts.ignore ?? []),
  alertGateLabel: derived(
    paramOf(gateLabel),
    ({ monitoring }) => monitoring?.alerts.gateLabel ?? gateLabel.default ?? '',
  ),
};

/** How long a run that has begun waits for alerts to clear, and for an answer. 0 where no server is asked. */
const alertWait = (setting: 'waitSeconds' | 'silenceSeconds') =>
  derived(paramOf(alertGate.members[setting]), ({ monitoring }) =>
    monitoring === undefined || monitoring.alerts.source === 'off' ? 0 : monitoring.alerts[setting],
  );
export const alertWaitSeconds = alertWait('waitSeconds');
export const alertSilenceSeconds = alertWait('silenceSeconds');

/** The kured whose reboots an upgrade avoids. */
export const kuredInputs = {
  kuredDaemonSet: derived(optional(paramOf(kured.members.daemonSet)), ({ kured }) =>
    kured.mode === 'off' ? undefined : kured.daemonSet,
  ),
  kuredLockAnnotation: input(kured, 'lockAnnotation'),
};

/** A reboot that has begun. The run holds the lock, so this is for `argo retry`. */
const KURED_SECONDS = 300;

/** Inputs of a step that waits until kured has finished its reboot. */
export const besideKuredInputs = {
  ...kuredInputs,
  kuredWaitSeconds: derived(
    seconds(about('How long, in seconds, kured may take to give its lock back.', '300')),
    ({ kured }) => (kured.mode === 'off' ? 0 : KURED_SECONDS),
  ),
};

/** The only Deployments that a step may scale, whatever is recorded elsewhere. */
export const quiesceInputs = from(controlPlane, 'quiesce');

const clusterName = derived(
  text(about('Name of the cluster, in messages and in the label cluster of gauges.', 'prod')),
  ({ name }) => name,
);

/** Where steps push the gauges that the alert rules read. */
export const metricsInputs = { clusterName, ...from(metrics, 'pushgatewayUrl') };

/** Inputs of steps that post messages about a run. The addresses of webhooks are secrets, and come as files. */
export const chatInputs = { clusterName, ...from(notify, 'slack', 'webhook', 'argoUiUrl') };

/** One package, after up to 600 seconds of waiting for another process that holds the lock of apt. */
export const INSTALL_SECONDS = 1500;
