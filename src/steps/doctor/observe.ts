import { parseObjectName } from '../../text/object-name.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { permissionsIn, type PermissionRule } from '../../run/permission.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { OtherNodes } from '../../upgrade/node/readings.ts';
import { known, type Reading } from '../../upgrade/reading.ts';
import { FORMER_HOOK, type HookScript, type HookSetting } from '../../upgrade/host/restore-hook.ts';
import { SERIES } from '../../signals/series.ts';
import { settledReadings } from '../guards/node-readings.ts';
import { reading, readingUnlessAway } from '../runtime/step-error.ts';
import type {
  ArgoController,
  CaBundleStatus,
  Checkup,
  GatewayPort,
  Login,
  LoginsPort,
  PermissionReview,
  SeriesPort,
} from '../ports/checkup.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { HeldRecord } from '../ports/deployments.ts';
import type { Kured } from '../ports/kured.ts';
import type { RestoreHook } from '../ports/restore-hook.ts';
import type { Log } from '../ports/log.ts';

type Keys = ReadonlyMap<string, string>;

/** The server was not asked. `unnamed`: the settings name none. `not-reached`: its address is one inside the cluster. */
export type NotAsked = 'unnamed' | 'not-reached';

export interface DoctorClients {
  readonly cluster: Pick<NodeReads, 'nodeReadings' | 'apiServerAddresses' | 'assertRunState'>;
  readonly checkup: Checkup;
  readonly kured: Pick<Kured, 'installed'>;
  readonly restoreHook: RestoreHook;
  /** With the key that was given, else with that of the Secret; undefined without either. */
  readonly logins: (secret: Keys | undefined) => LoginsPort | undefined;
  readonly prometheus: SeriesPort | NotAsked;
  readonly pushgateway: GatewayPort | NotAsked;
  readonly caBundle: () => CaBundleStatus;
  readonly log: Log;
}

/** What to look for. */
interface DoctorQuestions {
  readonly permissions: readonly PermissionRule[];
  readonly secretName: string;
  readonly cronJob: string | undefined;
  readonly restoreHook: HookSetting | undefined;
}

export interface DoctorFacts {
  /** Nodes that can be read and are not left out. */
  readonly nodes: Reading<readonly ClusterNode[]>;
  /** Nodes that no step upgrades. */
  readonly otherNodes?: OtherNodes;
  readonly argoResources: Reading<readonly string[]>;
  readonly argoControllers: Reading<readonly ArgoController[]>;
  readonly permitted: readonly PermissionReview[];
  readonly secret: Reading<Keys | undefined>;
  /** undefined: there is no key to log in with. */
  readonly logins: Reading<readonly Login[] | undefined>;
  /** undefined: none is wanted. */
  readonly cronJob: Reading<{ readonly suspended: boolean } | undefined> | undefined;
  /** Known: the ConfigMap that keeps the marks of a run is there. */
  readonly runState: Reading<void>;
  /** Deployments that a release up to 0.1.0 left at 0. */
  readonly leftAtZero: Reading<readonly HeldRecord[]>;
  /** Every DaemonSet that runs kured. */
  readonly kured: Reading<readonly string[]>;
  /** What the ConfigMap of `controlPlane.restoreHook` holds; FORMER_HOOK while that is not set. */
  readonly hookScript: Reading<HookScript>;
  readonly series: Reading<readonly string[]> | NotAsked;
  readonly pushgateway: Reading<boolean> | NotAsked;
  readonly caBundle: CaBundleStatus;
}

/** Reads everything that a run needs. A failed read stops no other read, except when the API server does not answer. */
export async function observe(
  { cluster, checkup, kured, restoreHook, log, ...clients }: DoctorClients,
  { permissions, secretName, cronJob, restoreHook: setting }: DoctorQuestions,
): Promise<DoctorFacts> {
  const readings = await readingUnlessAway(settledReadings(cluster));
  const nodes = readings.known ? known(readings.value.nodes) : readings;
  log('Asking for Argo Workflows, the Secret, the CronJob and kured.');
  const [argoResources, argoControllers, secret] = await Promise.all([
    checkup.argoResources(),
    checkup.argoControllers(),
    checkup.secret(secretName),
  ]);
  const backupJob = cronJob === undefined ? undefined : parseObjectName(cronJob);
  const backup = backupJob && (await checkup.cronJob(backupJob.namespace, backupJob.name));
  const installed = await reading(kured.installed());
  const runState = await reading(cluster.assertRunState());
  const hookScript = await restoreHook.script(setting?.configMap ?? FORMER_HOOK);
  const leftAtZero = await checkup.leftAtZero();
  log('Asking what each ServiceAccount may do.');
  const permitted = await checkup.allowed(permissions.flatMap(permissionsIn));
  log('Logging in to every node.');
  const logins = await logIn(clients, secret, nodes);
  log('Asking Prometheus and the Pushgateway.');
  const { prometheus, pushgateway, caBundle } = clients;
  return {
    nodes,
    argoResources,
    argoControllers,
    secret,
    permitted,
    logins,
    cronJob: backup,
    kured: installed,
    runState,
    leftAtZero,
    hookScript,
    otherNodes: readings.known ? readings.value : {},
    series: typeof prometheus === 'string' ? prometheus : await prometheus.present([...SERIES.keys()]),
    pushgateway: typeof pushgateway === 'string' ? pushgateway : await pushgateway.isPushgateway(),
    caBundle: caBundle(),
  };
}

/** Reports also an unusable key and an unreadable list of host keys. */
async function logIn(
  { logins }: Pick<DoctorClients, 'logins'>,
  secret: Reading<Keys | undefined>,
  nodes: Reading<readonly ClusterNode[]>,
): Promise<DoctorFacts['logins']> {
  if (!nodes.known) return nodes;
  const hosts = nodes.value.map((node) => ({ node: node.name, host: sshHost(node) }));
  const keys = secret.known ? secret.value : undefined;
  return reading((async () => logins(keys)?.tryAll(hosts))());
}
