import { fewAtOnce } from '../../steps/adapters/few-at-once.ts';
import { reading } from '../../steps/adapters/reading.ts';
import { STEPS } from '../../steps/catalog.ts';
import { unexpected } from '../../steps/harness/step-error.ts';
import type { Checkup, SeriesPort } from '../../steps/ports/checkup.ts';
import type { ClusterReads } from '../../steps/ports/cluster.ts';
import type { Log } from '../../steps/ports/log.ts';
import type { Remote, RemoteHost } from '../../steps/ports/remote.ts';
import { permissionsOf } from '../../synth/access.ts';
import type { ClusterSettings } from '../../synth/settings.ts';
import { cronJobOf } from '../../synth/snapshot.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { SERIES } from '../../upgrade/series.ts';
import { missing, notLookedAt, unseen, well, type Line } from './ailment.ts';
import {
  judgeArgo,
  judgeCronJob,
  judgeLogins,
  judgePermissions,
  judgeRunners,
  judgeSecret,
  judgeSeries,
  type Login,
} from './judge.ts';

export interface DoctorWorld {
  readonly cluster: Pick<ClusterReads, 'nodes'>;
  readonly checkup: Checkup;
  /** With the key that was given, else with that of the Secret; undefined without either. */
  readonly remote: (secret: ReadonlyMap<string, string> | undefined) => Remote | undefined;
  /** undefined: the settings name none. `not-reached`: its address is one inside the cluster. */
  readonly prometheus: SeriesPort | 'not-reached' | undefined;
  readonly pushgateway: (() => Promise<Reading<unknown>>) | 'not-reached' | undefined;
  readonly log: Log;
}

/** Everything that a run needs, one line each; what fails keeps nothing else from being looked at. */
export async function look(world: DoctorWorld, settings: ClusterSettings): Promise<readonly Line[]> {
  const { checkup, log } = world;
  const nodes = await world.cluster.nodes();
  log('Asking for Argo Workflows, the Secret and the CronJob.');
  const [resources, controllers, secret] = await Promise.all([
    checkup.argoResources(),
    checkup.argoControllers(),
    checkup.secret(settings.secrets.name),
  ]);
  const path = cronJobOf(settings);
  const cronJob = path === undefined ? undefined : await checkup.cronJob(path.namespace, path.name);
  log('Asking what each ServiceAccount may do.');
  const permissions = STEPS.flatMap((step) => permissionsOf(step, settings));
  const answers = await fewAtOnce(permissions, async (permission) => ({
    permission,
    allowed: await checkup.allowed(permission),
  }));
  log('Logging in to every node.');
  const remote = world.remote(secret.known ? secret.value : undefined);
  return [
    ...judgeArgo(resources, controllers, settings),
    ...judgePermissions(answers),
    ...judgeSecret(secret, settings),
    ...judgeLogins(remote === undefined ? undefined : await logins(remote, nodes)),
    ...judgeRunners(nodes),
    ...judgeCronJob(path, cronJob),
    ...(await seriesLines(world.prometheus)),
    await pushgatewayLine(world.pushgateway),
  ];
}

const LOGIN_SECONDS = 30;

const logins = (remote: Remote, nodes: readonly ClusterNode[]): Promise<readonly Login[]> =>
  fewAtOnce(nodes, async ({ name, uid, internalIp }) => ({
    node: name,
    user: await reading(whoAmI(remote, { node: name, uid, address: internalIp ?? '' })),
  }));

async function whoAmI(remote: Remote, host: RemoteHost): Promise<string> {
  if (host.address === '') throw unexpected(`node ${host.node} has no InternalIP; SSH needs one`);
  const { exitCode, stdout, stderr } = await remote.run(host, { script: 'id -u', timeoutSeconds: LOGIN_SECONDS });
  if (exitCode !== 0) throw unexpected(`"id -u" ended with exit code ${exitCode} on ${host.node}: ${stderr.trim()}`);
  return stdout.trim();
}

const REACH = 'Give an address that can be reached from here, by kubectl port-forward.';

async function seriesLines(prometheus: DoctorWorld['prometheus']): Promise<Line[]> {
  if (prometheus === undefined)
    return [notLookedAt('Prometheus', 'the settings name none', 'Name it in monitoring.prometheusUrl.')];
  if (prometheus === 'not-reached')
    return [notLookedAt('Prometheus', 'its address is one inside the cluster', `${REACH} (--prometheus-url)`)];
  return judgeSeries(await prometheus.present([...SERIES.keys()]));
}

async function pushgatewayLine(pushgateway: DoctorWorld['pushgateway']): Promise<Line> {
  if (pushgateway === undefined)
    return notLookedAt('Pushgateway', 'the settings name none', 'Name it in metrics.pushgatewayUrl.');
  if (pushgateway === 'not-reached')
    return notLookedAt('Pushgateway', 'its address is one inside the cluster', `${REACH} (--pushgateway-url)`);
  const answer = await pushgateway();
  if (!answer.known) return unseen('Pushgateway', answer.reason);
  return answer.value === undefined
    ? missing('Pushgateway', 'an answer that is not its own', 'Is metrics.pushgatewayUrl right?')
    : well('Pushgateway', 'answers');
}
