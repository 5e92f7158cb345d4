import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  alertInputs,
  chatInputs,
  deprecatedApiInputs,
  kuredInputs,
  metricsInputs,
  repositoryInputs,
  sshInputs,
} from '../../contract/run-context.ts';
import { CHAT_DIR, type ValuesOf } from '../../contract/step-contract.ts';
import type { UpgradeGauges } from '../../signals/gauges.ts';
import { alertmanagerAlerts } from '../adapters/alertmanager.ts';
import { systemClock } from '../adapters/clock.ts';
import { systemNames } from '../adapters/dns.ts';
import { hostHealth } from '../adapters/host-health.ts';
import { kubeadm } from '../adapters/kubeadm.ts';
import { kubeadmFiles } from '../adapters/kubeadm-files.ts';
import { connectKubernetes } from '../adapters/kubernetes.ts';
import { nodeFiles } from '../adapters/node-files.ts';
import { packageRepository } from '../adapters/packages.ts';
import { prometheusAlerts, prometheusDeprecatedApis, type PrometheusOptions } from '../adapters/prometheus.ts';
import { pushgateway } from '../adapters/pushgateway.ts';
import { slack } from '../adapters/slack.ts';
import { snapshotFolder } from '../adapters/snapshot-folder.ts';
import { publicKeyOf } from '../adapters/ssh.ts';
import { webhook } from '../adapters/webhook.ts';
import { SLACK_WEBHOOK, WEBHOOK_URL } from '../../run/webhook-keys.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Kured } from '../ports/kured.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { PackageRepository } from '../ports/packages.ts';
import { buildFence, buildMayBegin, fencedRemote, fencedSnapshots, fencedWrites } from '../guards/fence.ts';
import { unlessHalted } from '../guards/halt.ts';
import { keyIn, KEY_FILES, keyProbe, remoteBy, sshFile, type SshContext } from './connect-ssh.ts';
import { beatingClock, type Heart } from '../guards/heartbeat.ts';
import { fencedKured, NO_KURED } from '../guards/kured.ts';
import { fencedDeployments } from '../guards/quiesce.ts';
import type { RunContext, Tools } from '../runtime/run-step.ts';
import { Secret } from '../runtime/secret.ts';
import { credentialsOf } from '../runtime/server-login.ts';
import { badInput } from '../runtime/step-error.ts';

/** Everything that a step asks of the cluster, with its changes behind the fence. */
export function connectCluster(
  context: RunContext,
  { log, signal }: Pick<Tools, 'log' | 'signal'>,
  patienceSeconds?: number,
) {
  const clock = systemClock(signal);
  const { namespace, annotationPrefix, excludeNodes, sshAddress } = context;
  const kubernetes = connectKubernetes({
    ...{ namespace, annotationPrefix, excludeNodes, sshAddress, clock, log, signal },
    ...(patienceSeconds !== undefined && { patienceSeconds }),
  });
  const me: RunId = { uid: context.runUid, name: context.runName };
  const { cluster } = kubernetes;
  const fence = buildFence(kubernetes.lease, me);
  const mayBegin = buildMayBegin(fence, cluster);
  const fenced = fencedWrites(cluster, fence, mayBegin);
  const brake = { reads: cluster, writes: fenced, me, annotationPrefix, log };
  return {
    me,
    clock,
    fence,
    /** The fence, and the kill switch: before work on a node is begun that no write to the cluster begins. */
    mayBegin,
    unlessHalted: (node: string, work: () => Promise<unknown>) => unlessHalted(brake, node, work),
    cluster,
    fenced,
    leases: kubernetes.lease,
    runs: kubernetes.runs,
    history: kubernetes.history,
    hostKeys: kubernetes.hostKeys,
    compatibility: kubernetes.compatibility,
    rehearsal: kubernetes.rehearsal,
    deprecatedApis: kubernetes.deprecatedApis,
    nodeHealth: kubernetes.nodeHealth,
    apiServers: kubernetes.apiServers,
    snapshots: kubernetes.snapshots,
    deployments: fencedDeployments(kubernetes.deployments, fence),
    restoreHook: kubernetes.restoreHook,
    checkup: kubernetes.checkup,
    keySecret: kubernetes.keySecret,
    /** By what the settings say of it; its lock is written behind the fence. */
    kuredBy: ({ kuredDaemonSet: daemonSet, kuredLockAnnotation: annotation }: ValuesOf<typeof kuredInputs>): Kured =>
      daemonSet === undefined ? NO_KURED : fencedKured(kubernetes.kured({ daemonSet, annotation }), fence),
  };
}

/** The cluster, and the kured that the settings name. */
export function connectBesideKured(
  inputs: RunContext & ValuesOf<typeof kuredInputs>,
  tools: Tools,
  patienceSeconds?: number,
) {
  const connected = connectCluster(inputs, tools, patienceSeconds);
  return { ...connected, kured: connected.kuredBy(inputs) };
}

export { fingerprint } from '../adapters/ssh/public-key.ts';

/** The same, and a way to log in to the nodes. */
export function connectNodes(inputs: SshContext, tools: Tools) {
  const connected = connectCluster(inputs, tools);
  const remote = remoteBy('ssh_key', connected, inputs, tools);
  return { ...connected, remote, fencedRemote: fencedRemote(remote, connected.fence) };
}

/** The same with the key of a rotation as well; undefined where there is none. */
export function connectKeys(inputs: SshContext, tools: Tools) {
  const nodes = connectNodes(inputs, tools);
  const { present, next } = KEY_FILES;
  return {
    ...nodes,
    mounted: () => ({
      present: publicKeyOf(keyIn(present)),
      next: existsSync(sshFile(next)) ? publicKeyOf(keyIn(next)) : undefined,
    }),
    probe: () => keyProbe(nodes, inputs, tools),
    remoteBy: (key: keyof typeof KEY_FILES) => remoteBy(KEY_FILES[key], nodes, inputs, tools),
  };
}

/** The Secret itself, behind the fence of whoever writes it. */
export function connectKeySecret(inputs: RunContext & { readonly secretName: string }, tools: Tools) {
  const { clock, fence, mayBegin, keySecret } = connectCluster(inputs, tools);
  return {
    clock,
    fence,
    mayBegin,
    secret: keySecret(inputs.secretName, { next: () => keyIn(KEY_FILES.next), publicKeyOf }),
  };
}

type CompatibilityInputs = RunContext & ValuesOf<typeof sshInputs> & ValuesOf<typeof deprecatedApiInputs>;

/** Everything that the compat gate asks. */
export function connectCompatibility(inputs: CompatibilityInputs, tools: Tools) {
  const { cluster, compatibility, deprecatedApis, remote, clock } = connectNodes(inputs, tools);
  const { deprecatedApisSource, prometheusUrl: url, lookbackHours } = inputs;
  if (deprecatedApisSource === 'prometheus' && url === undefined)
    throw badInput('PROMETHEUS_URL: saw nothing, expected its address, since DEPRECATED_APIS_SOURCE is prometheus');
  return {
    cluster,
    compatibility,
    nodeFiles: nodeFiles(remote, clock, tools.log),
    deprecatedApis:
      deprecatedApisSource === 'prometheus' && url !== undefined
        ? prometheusDeprecatedApis({ url, clock, credentials: credentialsOf('prometheus'), ...tools }, lookbackHours)
        : deprecatedApis(lookbackHours),
  };
}

/** The cluster, and Jobs that take snapshots, made behind the fence. */
export function connectSnapshots(context: RunContext, tools: Tools) {
  const connected = connectCluster(context, tools);
  return { ...connected, fencedSnapshots: fencedSnapshots(connected.snapshots, connected.fence) };
}

type PreflightInputs = RunContext &
  ValuesOf<typeof sshInputs> &
  ValuesOf<typeof alertInputs> &
  ValuesOf<typeof kuredInputs> & {
    readonly snapshotDirectory: string | undefined;
    readonly kubeadmPatches: string | undefined;
  };

/** Everything that preflight asks. */
export function connectPreflight(inputs: PreflightInputs, tools: Tools) {
  const { cluster, nodeHealth, remote, clock, me, kuredBy, restoreHook, compatibility } = connectNodes(inputs, tools);
  return {
    ...{ cluster, nodeHealth, remote, clock, me, kured: kuredBy(inputs), restoreHook, compatibility },
    hostHealth: hostHealth(remote, clock, tools.log, inputs.snapshotDirectory),
    ...{ kubeadm: kubeadm(remote), kubeadmFiles: kubeadmFiles(remote, clock, tools.log, inputs.kubeadmPatches) },
    ...connectAlerts(inputs, tools),
  };
}

/** Everything that postflight asks, as a pod of the cluster sees it. */
export const connectPostflight = (context: RunContext, tools: Tools) => ({
  ...connectCluster(context, tools),
  names: systemNames(),
});

/** For whoever asks again and again: an answer that does not come is an answer. */
export const SOON = { timeoutSeconds: 10, patienceSeconds: 0 };

/** Who says which alerts fire, undefined when nobody is asked; and which of them count. */
export function connectAlerts(inputs: ValuesOf<typeof alertInputs>, tools: Tools, patience: Partial<typeof SOON> = {}) {
  const { alertSource, alertUrl: url, alertSeverities, ignoredAlerts, alertGateLabel } = inputs;
  const scope = { severities: alertSeverities, ignore: ignoredAlerts, gateLabel: alertGateLabel };
  if (alertSource !== 'off' && url === undefined)
    throw badInput(`ALERT_URL: saw nothing, expected its address, since ALERT_SOURCE is ${alertSource}`);
  return {
    scope,
    alerts: alertsOf(alertSource, { url: url ?? '', clock: systemClock(tools.signal), ...tools, ...patience }),
  };
}

function alertsOf(source: 'prometheus' | 'alertmanager' | 'off', options: PrometheusOptions): Alerts | undefined {
  switch (source) {
    case 'prometheus':
      return prometheusAlerts({ ...options, credentials: credentialsOf('prometheus') });
    case 'alertmanager':
      return alertmanagerAlerts({ ...options, credentials: credentialsOf('alertmanager') });
    case 'off':
      return undefined;
  }
}

export const connectPackages = (
  { repository, httpsProxy, noProxy, repositoryTimeoutSeconds }: ValuesOf<typeof repositoryInputs>,
  { log, signal }: Tools,
): PackageRepository =>
  packageRepository({
    ...{ repository, httpsProxy, noProxy, timeoutSeconds: repositoryTimeoutSeconds },
    credentials: credentialsOf('repository'),
    ...{ clock: systemClock(signal), log, signal },
  });

/** Its clock is not ended with the step: an end that is being told is told. */
export const connectGauges = (inputs: ValuesOf<typeof metricsInputs>, { log }: Tools): Gauges =>
  pushgateway({ ...pushgatewayOf(inputs), clock: systemClock(), log });

const pushgatewayOf = ({ pushgatewayUrl: url, clusterName: cluster }: ValuesOf<typeof metricsInputs>) => ({
  url,
  cluster,
  credentials: credentialsOf('pushgateway'),
});

/** A beat that is lost is followed by another: no step waits for it. */
const BEAT_TIMEOUT_SECONDS = 3;

export type HeartInputs = RunContext & ValuesOf<typeof metricsInputs>;

/** The clock of the step, by which its gauges are said again and again. */
export const connectHeart = (
  inputs: HeartInputs,
  tools: Tools,
  { clock, cluster }: Pick<Heart, 'clock' | 'cluster'>,
  known: Pick<UpgradeGauges, 'snapshotTaken'> = {},
): Promise<Clock> => {
  const patience = { timeoutSeconds: BEAT_TIMEOUT_SECONDS, patienceSeconds: 0 };
  const gauges = pushgateway({ ...pushgatewayOf(inputs), clock: systemClock(), log: tools.log, ...patience });
  const { fence } = connectCluster(inputs, tools, patience.patienceSeconds);
  return beatingClock({ clock, cluster, gauges, fence }, inputs, tools, known);
};

/** Every channel that the settings name. */
export function connectChat(inputs: ValuesOf<typeof chatInputs>, { log }: Pick<Tools, 'log'>): Chat {
  const channels: Chat[] = [];
  const toSlack = inputs.slack ? readWebhook('slack', SLACK_WEBHOOK, log) : undefined;
  if (toSlack !== undefined) channels.push(slack({ webhook: toSlack, log }));
  const toOthers = inputs.webhook ? readWebhook('webhook', WEBHOOK_URL, log) : undefined;
  if (toOthers !== undefined)
    channels.push(webhook({ url: toOthers, credentials: credentialsOf('webhook'), clock: systemClock(), log }));
  return {
    tell: async (notice) => {
      await Promise.all(channels.map((channel) => channel.tell(notice)));
    },
  };
}

/** To whom the end of a run is told, each in its way. */
export const connectVoices = (inputs: ValuesOf<typeof metricsInputs> & ValuesOf<typeof chatInputs>, tools: Tools) => ({
  gauges: connectGauges(inputs, tools),
  chat: connectChat(inputs, tools),
  log: tools.log,
});

/** The folder of snapshots of the node that the pod is on; it talks to nobody. */
export const connectFolder = (path: string, signal: AbortSignal) => ({
  folder: snapshotFolder(path),
  clock: systemClock(signal),
});

/** The exit handler does its work also when the Secret does not have the key. */
function readWebhook(setting: string, key: string, log: Log): Secret | undefined {
  try {
    return new Secret(readFileSync(join(process.env['CHAT_DIR'] ?? CHAT_DIR, key), 'utf8').trim());
  } catch {
    log(
      `notify.${setting} is true, and the step cannot read ${key}: put it into the Secret. No message is sent there.`,
    );
    return undefined;
  }
}
