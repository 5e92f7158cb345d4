import type { deprecatedApiInputs, kuredInputs, metricsInputs, sshInputs } from '../../contract/run-context.ts';
import { CHAT_DIR, LOGIN_DIR, SSH_KEY_DIR, type ValuesOf } from '../../contract/step-contract.ts';
import { knownHostsFile } from '../adapters/known-hosts-file.ts';
import { checkup } from '../adapters/kubernetes/checkup.ts';
import { configMapHostKeys } from '../adapters/kubernetes/host-keys.ts';
import { logins } from '../adapters/logins.ts';
import { mountedSecret } from '../adapters/mounted-secret.ts';
import { prometheusSeries, pushgatewayCheck } from '../adapters/prometheus.ts';
import { shown } from '../adapters/shown.ts';
import { caBundle, type CaBundle } from '../adapters/tls/ca-bundle.ts';
import { sshRemote } from '../adapters/ssh.ts';
import { LOGIN_SETTINGS, loginKey, type Server } from '../../run/server-login.ts';
import { SLACK_WEBHOOK, WEBHOOK_URL } from '../../run/webhook-keys.ts';
import type { CaBundleStatus, LoginsPort } from '../ports/checkup.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { HostKeys } from '../ports/remote.ts';
import { hostKeysInMemory } from '../runtime/host-keys.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';
import { Secret } from '../runtime/secret.ts';
import { credentialsOf, loginsFrom, type SecretReads } from '../runtime/server-login.ts';
import { ONE_ATTEMPT } from './alerts.ts';
import { clusterClient, restoreHookClient } from './cluster.ts';
import { connect } from './connection.ts';
import { fenceOf } from './fenced.ts';
import { kuredClient } from './kured.ts';

type Keys = ReadonlyMap<string, string>;

export type DoctorInputs = RunContext &
  ValuesOf<typeof sshInputs> &
  ValuesOf<typeof metricsInputs> &
  ValuesOf<typeof kuredInputs> &
  Pick<ValuesOf<typeof deprecatedApiInputs>, 'prometheusUrl'> & { readonly serverLogins: readonly string[] };

/** Short, because the doctor asks many questions of one server. */
const PATIENCE_SECONDS = 20;

/** The clients of a checkup, for a person who may read the Secret. */
export function connectDoctor(inputs: DoctorInputs, tools: Tools, secret?: SecretReads) {
  const connection = connect(inputs, tools, PATIENCE_SECONDS);
  const { api, clock, annotationPrefix } = connection;
  const cluster = clusterClient(connection);
  const reads = checkup(api, annotationPrefix);
  const { prometheusUrl, pushgatewayUrl } = inputs;
  const { secretReads, source } = loginsFrom(secret ?? reads, inputs.serverLogins);
  const http = { clock, ...tools, ...ONE_ATTEMPT };
  return {
    cluster,
    kured: kuredClient(connection, inputs, fenceOf(connection)),
    restoreHook: restoreHookClient(connection),
    log: tools.log,
    checkup: { ...reads, ...secretReads },
    logins: (keys: Keys | undefined, place?: string) =>
      loginsBy(keys, inputs, { clock, hostKeys: configMapHostKeys(api), cluster, tools }, place),
    prometheus:
      prometheusUrl === undefined
        ? UNNAMED
        : prometheusSeries(
            { url: prometheusUrl, credentials: credentialsOf('prometheus', source), ...http },
            inputs.clusterName,
          ),
    caBundle: () => found(caBundle(), clock.now()),
    pushgateway:
      pushgatewayUrl === undefined
        ? UNNAMED
        : pushgatewayCheck({ url: pushgatewayUrl, credentials: credentialsOf('pushgateway', source), ...http }),
  };
}

function found(bundle: CaBundle | undefined, nowMs: number): CaBundleStatus {
  if (bundle === undefined || 'problem' in bundle) return bundle;
  const ended = bundle.certificates.filter(({ validTo }) => Date.parse(validTo) < nowMs);
  return {
    count: bundle.certificates.length,
    ended: ended.map(({ subject, validTo }) => `${shown(subject.replaceAll('\n', ', '))} (${validTo})`),
  };
}

const UNNAMED = 'unnamed' as const;

/** Reads the keys of the Secret from files, as a pod has them. */
export function connectDoctorPod(inputs: DoctorInputs, tools: Tools) {
  const folders = [
    [process.env['SSH_KEY_DIR'] ?? SSH_KEY_DIR, ['ssh_key', KNOWN_HOSTS]],
    [process.env['CHAT_DIR'] ?? CHAT_DIR, [SLACK_WEBHOOK, WEBHOOK_URL]],
    [process.env['LOGIN_DIR'] ?? LOGIN_DIR, (Object.keys(LOGIN_SETTINGS) as Server[]).map(loginKey)],
  ] as const;
  return connectDoctor(inputs, tools, mountedSecret(folders));
}

const KNOWN_HOSTS = 'ssh_known_hosts';

/** undefined without a key. A host key that is met for the first time is written down nowhere. */
function loginsBy(
  keys: Keys | undefined,
  inputs: DoctorInputs,
  { clock, hostKeys, cluster, tools }: LoginClients,
  place = KNOWN_HOSTS,
): LoginsPort | undefined {
  const key = keys?.get('ssh_key');
  if (key === undefined) return undefined;
  const { sshPort: port, sshHostKeys } = inputs;
  const { log, signal } = tools;
  const strict = () => knownHostsFile(keys?.get(KNOWN_HOSTS) ?? '', { place, port, log, nodes: () => cluster.nodes() });
  const remote = sshRemote({
    user: inputs.sshUser,
    port,
    connectTimeoutSeconds: inputs.sshConnectTimeoutSeconds,
    signal,
    privateKey: new Secret(key),
    hostKeys: sshHostKeys === 'strict' ? strict() : hostKeysInMemory(hostKeys),
  });
  return logins(remote, clock);
}

interface LoginClients {
  readonly clock: Clock;
  readonly hostKeys: HostKeys;
  readonly cluster: Pick<NodeReads, 'nodes'>;
  readonly tools: Tools;
}
