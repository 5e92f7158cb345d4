import { knownHostsFile } from '../../steps/adapters/known-hosts-file.ts';
import { apiServerMetrics } from '../../steps/adapters/kubernetes/deprecated-apis.ts';
import { configMapHostKeys } from '../../steps/adapters/kubernetes/host-keys.ts';
import { prometheusDeprecatedApis } from '../../steps/adapters/prometheus.ts';
import { readPrivateKey, sshRemote } from '../../steps/adapters/ssh.ts';
import { detect } from '../../steps/detect/contract.ts';
import { gate } from '../../steps/gate/contract.ts';
import { inventory } from '../../steps/inventory/contract.ts';
import { preflight } from '../../steps/preflight/contract.ts';
import { rehearse } from '../../steps/rehearse/contract.ts';
import type { DetectClients } from '../../steps/detect/observe.ts';
import type { GateSources } from '../../steps/gate/observe.ts';
import { alertsClient, ONE_ATTEMPT } from '../../steps/wiring/alerts.ts';
import { clusterClient, nodeHealthClient, rehearsalClient, restoreHookClient } from '../../steps/wiring/cluster.ts';
import { compatibilityClient } from '../../steps/wiring/compatibility.ts';
import { connect, type Connection } from '../../steps/wiring/connection.ts';
import { deploymentsClient } from '../../steps/wiring/deployments.ts';
import { fenceOf } from '../../steps/wiring/fenced.ts';
import { hostClients, nodeFilesClient } from '../../steps/wiring/hosts.ts';
import { kuredClient } from '../../steps/wiring/kured.ts';
import { packagesClient } from '../../steps/wiring/packages.ts';
import { hostKeysInMemory } from '../../steps/runtime/host-keys.ts';
import { quiescedOf } from '../../steps/guards/quiesce.ts';
import type { InputOf } from '../../contract/run-context.ts';
import type { Tools } from '../../steps/runtime/run-step.ts';
import { credentialsOf } from '../../steps/runtime/server-login.ts';
import { badInput } from '../../steps/runtime/step-error.ts';
import type { ClusterReads } from '../../steps/ports/cluster.ts';
import type { Rehearsal } from '../../steps/ports/rehearsal.ts';
import type { Remote } from '../../steps/ports/remote.ts';
import type { PreflightSources } from '../../steps/preflight/observe.ts';
import type { AlertScope } from '../../signals/alert-gate.ts';
import { notKnown } from '../../upgrade/reading.ts';
import type { ClusterSettings } from '../../synth/settings.ts';
import { fileOf } from '../program.ts';
import { inputsOf, type Env } from '../settings.ts';
import { CLUSTER_ADDRESS, remoteWithoutKey } from './unchecked.ts';

/** Clients that only read. */
export interface PlanClients {
  readonly detect: DetectClients;
  readonly gate: GateSources;
  readonly preflight: PreflightSources;
  readonly alertScope: AlertScope;
  readonly rehearsal: Rehearsal;
  readonly cluster: Pick<ClusterReads, 'nodeReadings' | 'apiServerAddresses' | 'killSwitch'>;
}

export interface PlanAccess {
  readonly sshKey: string | undefined;
  readonly knownHosts: string | undefined;
  readonly prometheusUrl: string | undefined;
  readonly alertmanagerUrl: string | undefined;
}

/** Short, because a person waits at a terminal. */
const PATIENCE_SECONDS = 20;

export interface PlanInputs {
  readonly detect: InputOf<typeof detect>;
  /** Inputs of the gate for a target. */
  readonly gate: (target: string) => InputOf<typeof gate>;
  readonly preflight: (target: string) => InputOf<typeof preflight>;
  readonly inventory: (target: string) => InputOf<typeof inventory>;
  readonly rehearse: (order: Env) => InputOf<typeof rehearse>;
}

/** Returns the inputs that the settings give to each step. Without an SSH key, the repository is asked instead of a node. */
export function planInputs(settings: ClusterSettings, asked: Env, access: PlanAccess): PlanInputs {
  const source = access.sshKey === undefined ? { PACKAGE_SOURCE: 'repository' } : {};
  const alertUrl =
    settings.monitoring?.alerts.source === 'alertmanager' ? access.alertmanagerUrl : access.prometheusUrl;
  const prometheus = access.prometheusUrl === undefined ? {} : { PROMETHEUS_URL: access.prometheusUrl };
  const alerts = alertUrl === undefined ? {} : { ALERT_URL: alertUrl };
  return {
    detect: inputsOf(detect, settings, { ...source, ...asked }),
    gate: (target) => inputsOf(gate, settings, { ...prometheus, TARGET: target }),
    preflight: (target) => inputsOf(preflight, settings, { ...alerts, TARGET: target }),
    inventory: (target) => inputsOf(inventory, settings, { ...asked, TARGET: target }),
    rehearse: (order) => inputsOf(rehearse, settings, order),
  };
}

export function connectPlan(inputs: PlanInputs, access: PlanAccess, tools: Tools): PlanClients {
  const { log } = tools;
  const connection = connect(inputs.detect, tools, PATIENCE_SECONDS);
  const { clock } = connection;
  const cluster = clusterClient(connection);
  const fence = fenceOf(connection);
  const remote = remoteFor(inputs.detect, access, connection, tools);
  const hosts = { remote, clock, log };
  const quiesced = quiescedOf(inputs.detect.quiesce, deploymentsClient(connection, fence), log);
  const preflightInputs = inputs.preflight(PLACEHOLDER);
  const { alerts, scope } = alertsClient(preflightInputs, tools, ONE_ATTEMPT);
  const compatibility = compatibilityClient(connection);
  return {
    cluster,
    alertScope: scope,
    rehearsal: rehearsalClient(connection),
    detect: { cluster, quiesced, remote, packages: packagesClient(inputs.detect, tools), clock, log },
    gate: {
      cluster,
      compatibility,
      nodeFiles: nodeFilesClient(hosts),
      deprecatedApis: deprecatedApisFor(inputs.gate(PLACEHOLDER), connection, tools),
    },
    preflight: {
      nodeHealth: nodeHealthClient(connection),
      ...hostClients(hosts, preflightInputs),
      compatibility,
      alerts: alerts !== undefined && isClusterAddress(preflightInputs.alertUrl) ? UNREACHED_ALERTS : alerts,
      kured: kuredClient(connection, preflightInputs, fence),
      restoreHook: restoreHookClient(connection),
      clock,
    },
  };
}

/** The target does not affect which clients are built. */
const PLACEHOLDER = '1.0.0';

function deprecatedApisFor(
  { deprecatedApisSource, prometheusUrl: url, lookbackHours }: InputOf<typeof gate>,
  { api, clock }: Connection,
  tools: Tools,
): GateSources['deprecatedApis'] {
  if (deprecatedApisSource === 'api-servers' || url === undefined) return apiServerMetrics(api, lookbackHours);
  if (isClusterAddress(url)) return { inUse: () => Promise.resolve(notKnown(CLUSTER_ADDRESS)) };
  return prometheusDeprecatedApis(
    { url, clock, credentials: credentialsOf('prometheus'), ...tools, ...ONE_ATTEMPT },
    lookbackHours,
  );
}

const UNREACHED_ALERTS = { firing: () => Promise.resolve(notKnown(CLUSTER_ADDRESS)) };

/** `http://prometheus.monitoring.svc:9090`: a name that only the DNS of the cluster knows. */
export function isClusterAddress(url: string | undefined): boolean {
  const host = url === undefined ? '' : new URL(url).hostname;
  return /\.svc(\.|$)/.test(host) || (host !== 'localhost' && /^[a-z][a-z0-9-]*$/.test(host));
}

function remoteFor(
  { sshUser, sshPort, sshHostKeys, sshConnectTimeoutSeconds }: InputOf<typeof detect>,
  { sshKey, knownHosts }: PlanAccess,
  connection: Connection,
  { log, signal }: Tools,
): Remote {
  if (sshKey === undefined) return remoteWithoutKey;
  if (sshHostKeys === 'strict' && knownHosts === undefined)
    throw badInput('--known-hosts: saw nothing, expected a file, since ssh.hostKeys is strict');
  return sshRemote({
    user: sshUser,
    port: sshPort,
    connectTimeoutSeconds: sshConnectTimeoutSeconds,
    signal,
    privateKey: readPrivateKey(sshKey),
    hostKeys:
      knownHosts === undefined
        ? hostKeysInMemory(configMapHostKeys(connection.api))
        : knownHostsFile(fileOf('--known-hosts', knownHosts), {
            place: knownHosts,
            port: sshPort,
            log,
            nodes: () => clusterClient(connection).nodes(),
          }),
  });
}
