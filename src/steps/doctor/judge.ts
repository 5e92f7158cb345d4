import type { ArgoController, Login, PermissionReview } from '../ports/checkup.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { formatPermission } from '../../run/permission.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RunnerRules } from '../../upgrade/drain/runner.ts';
import { withoutKeyRunner, withoutRunner } from '../../upgrade/drain/runners.ts';
import { SERIES } from '../../signals/series.ts';
import { SLACK_WEBHOOK, WEBHOOK_URL, webhookKeys } from '../../run/webhook-keys.ts';
import { missing, notLookedAt, unseen, well, type Line } from './checkup-line.ts';
import type { DoctorInput } from './contract.ts';
import type { DoctorFacts, NotAsked } from './observe.ts';

const KINDS = ['cronworkflows', 'workflows', 'workflowtaskresults', 'workflowtemplates'];

export function judgeArgo(
  { argoResources: resources, argoControllers: controllers }: Pick<DoctorFacts, 'argoResources' | 'argoControllers'>,
  version: string,
): Line[] {
  const absent = resources.known ? KINDS.filter((kind) => !resources.value.includes(kind)) : [];
  const kinds = !resources.known
    ? unseen('Argo Workflows: CRDs', resources.reason)
    : absent.length === 0
      ? well('Argo Workflows: CRDs', KINDS.join(', '))
      : missing('Argo Workflows: CRDs', `no ${absent.join(', ')}`, 'Install Argo Workflows with its full CRDs.');
  if (!controllers.known) return [kinds, unseen('Argo Workflows: controller', controllers.reason)];
  if (controllers.value.length === 0)
    return [
      kinds,
      missing('Argo Workflows: controller', 'no Deployment of workflow-controller', 'Install Argo Workflows.'),
    ];
  return [kinds, ...controllers.value.flatMap((each) => [judgeVersion(each, version), judgeExecutor(each)])];
}

function judgeVersion({ namespace, image }: ArgoController, wanted: string): Line {
  const check = `Argo Workflows: controller in ${namespace}`;
  const [, major, minor] = /:v?(\d+)\.(\d+)\.\d+/.exec(image) ?? [];
  if (major === undefined || minor === undefined)
    return notLookedAt(check, `${image}: no version in its tag`, `See that it is ${wanted} or later.`);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  const old = Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor);
  const remedy = `Upgrade Argo Workflows to ${wanted}, or set argo.version to what it is (4.0 at least).`;
  return old ? missing(check, `${major}.${minor}, and argo.version is ${wanted}`, remedy) : well(check, image);
}

function judgeExecutor({ namespace, restrictedExecutor: restricted }: ArgoController): Line {
  const check = `Argo Workflows: executor settings in ${namespace}`;
  if (!restricted.known) return unseen(check, restricted.reason);
  return restricted.value
    ? well(check, 'its containers pass Pod Security restricted')
    : missing(
        check,
        'no securityContext that Pod Security restricted lets through',
        'Merge argo/workflow-controller-configmap.yaml into its ConfigMap; without it every step pod is refused.',
      );
}

/** One line for each ServiceAccount: what it may not, by name. */
export function judgePermissions(permitted: readonly PermissionReview[]): Line[] {
  const accounts = [...Map.groupBy(permitted, ({ permission }) => permission.serviceAccount)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return accounts.map(([account, asked]) => {
    const check = `ServiceAccount ${account}`;
    const [unknown] = asked.flatMap(({ allowed }) => (allowed.known ? [] : [allowed.reason]));
    if (unknown !== undefined) return unseen(check, unknown);
    const denied = asked.filter(({ allowed }) => allowed.known && !allowed.value);
    if (denied.length === 0) return well(check, `may do all of its ${asked.length} things`);
    const list = [...new Set(denied.map(({ permission }) => formatPermission(permission)))].sort().join(', ');
    return missing(check, `may not ${list}`, 'Apply dist/<cluster> again; see what has changed its Roles or bindings.');
  });
}

export function judgeSecret(
  secret: DoctorFacts['secret'],
  {
    namespace,
    secretName,
    sshHostKeys,
    slack,
    webhook,
    webhookPort,
  }: Pick<DoctorInput, 'namespace' | 'secretName' | 'sshHostKeys' | 'slack' | 'webhook' | 'webhookPort'>,
): Line[] {
  const check = `Secret ${namespace}/${secretName}`;
  const remedy = `Put it there: kubectl -n ${namespace} create secret generic ${secretName} --from-file=…, or see its ExternalSecret.`;
  if (!secret.known) return [unseen(check, secret.reason)];
  if (secret.value === undefined) return [missing(check, 'no such Secret', remedy)];
  const needed = [
    'ssh_key',
    ...(sshHostKeys === 'strict' ? ['ssh_known_hosts'] : []),
    ...webhookKeys({ slack, webhook }),
  ];
  const absent = needed.filter((key) => (secret.value?.get(key) ?? '').trim() === '');
  const keys = absent.length === 0 ? well(check, needed.join(', ')) : missing(check, `no ${absent.join(', ')}`, remedy);
  const address = (key: string): string | undefined =>
    absent.includes(key) ? undefined : secret.value?.get(key)?.trim();
  return [
    keys,
    ...(slack ? judgeSlack(address(SLACK_WEBHOOK)) : []),
    ...(webhook ? judgeWebhook(address(WEBHOOK_URL), webhookPort) : []),
  ];
}

/** The address is a secret: the doctor prints no part of it, and sends nothing to it. */
function judgeSlack(address: string | undefined): Line[] {
  if (address === undefined) return [];
  return /^https:\/\/[^\s/]+\/\S+$/.test(address)
    ? [well('Slack', `${SLACK_WEBHOOK} is an https address; nothing was sent to it`)]
    : [missing('Slack', `${SLACK_WEBHOOK} is no https address`, 'Put the address of an incoming webhook there.')];
}

function judgeWebhook(address: string | undefined, expectedPort: number): Line[] {
  if (address === undefined) return [];
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return [
      missing(
        'webhook',
        `${WEBHOOK_URL} is not an http or https address, or it contains a user or a password`,
        'Put the address of the webhook there. A token may be in its path or its query.',
      ),
    ];
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return port === expectedPort
    ? [well('webhook', `${WEBHOOK_URL} is an address with port ${port}; nothing was sent to it`)]
    : [
        missing(
          'webhook',
          `${WEBHOOK_URL} has port ${port}, and notify.webhookPort is ${expectedPort}`,
          `The NetworkPolicy lets nothing else through: set notify.webhookPort: ${port}.`,
        ),
      ];
}

const NO_CRON_JOB =
  'Make one that backs etcd up, name yours in snapshot.cronJob, or apply dist/<cluster> again where snapshot.mode is built-in.';

/** `path`: namespace/name; undefined where none is wanted. */
export function judgeCronJob(path: string | undefined, cronJob: DoctorFacts['cronJob']): Line[] {
  if (path === undefined || cronJob === undefined)
    return [well('etcd snapshot', 'none is wanted: snapshot.mode is none')];
  const check = `CronJob ${path}`;
  if (!cronJob.known) return [unseen(check, cronJob.reason)];
  return cronJob.value === undefined
    ? [missing(check, 'no such CronJob', NO_CRON_JOB)]
    : [well(check, cronJob.value.suspended ? 'there, suspended: a Job is made from it all the same' : 'there')];
}

/** Judges as if every node were to be upgraded. */
export function judgeRunners(nodes: Reading<readonly ClusterNode[]>, rules: RunnerRules): Line[] {
  return nodes.known ? judgeKnownRunners(nodes.value, rules) : [unseen(WHERE, nodes.reason)];
}

const WHERE = 'where steps run';

function judgeKnownRunners(nodes: readonly ClusterNode[], rules: RunnerRules): Line[] {
  const tasks = nodes.map(({ name, controlPlane }) => ({
    name,
    role: controlPlane ? ('control-plane' as const) : ('worker' as const),
  }));
  const problems = withoutRunner(nodes, tasks, rules).map((problem) =>
    missing(WHERE, problem, 'A run would refuse to begin.'),
  );
  const pending = withoutKeyRunner(nodes, rules).map((problem) =>
    missing(WHERE, problem, 'A run would wait for such a node with its first step, without an end.'),
  );
  const all = [...pending, ...problems];
  return all.length === 0 ? [well(WHERE, 'the steps of every node find another node')] : all;
}

export function judgeLogins(logins: DoctorFacts['logins']): Line[] {
  if (!logins.known) return [unseen('SSH', logins.reason)];
  if (logins.value === undefined)
    return [
      notLookedAt(
        'SSH',
        'no key: the Secret has none that can be read',
        'Put ssh_key there; npm run doctor takes one by --ssh-key <file>, too.',
      ),
    ];
  return [...logins.value].sort((a, b) => (a.node < b.node ? -1 : 1)).map(judgeLogin);
}

function judgeLogin({ node, user }: Login): Line {
  const check = `SSH to ${node}`;
  if (!user.known) return unseen(check, user.reason);
  return user.value === '0'
    ? well(check, 'root, by a host key that is accepted')
    : missing(check, `user ${user.value}, and not root`, 'Let ssh.user use sudo without a password there.');
}

const REACH = 'Give an address that can be reached from here, by kubectl port-forward.';

const notAsked = (what: string, why: NotAsked, { setting, flag }: { setting: string; flag: string }): Line =>
  why === 'unnamed'
    ? notLookedAt(what, 'the settings name none', `Name it in ${setting}.`)
    : notLookedAt(what, 'its address is one inside the cluster', `${REACH} (${flag})`);

const PROMETHEUS = { setting: 'monitoring.prometheusUrl', flag: '--prometheus-url' };

/** Gauges of our own are there once a run has pushed them. */
export function judgeSeries(present: DoctorFacts['series']): Line[] {
  if (typeof present === 'string') return [notAsked('Prometheus', present, PROMETHEUS)];
  if (!present.known) return [unseen('Prometheus', present.reason)];
  return [...SERIES].map(([name, scrape]): Line => {
    const check = `series ${name}`;
    if (present.value.includes(name)) return well(check, 'there');
    if (scrape === 'pushgateway')
      return {
        ...missing(check, 'no sample', 'It is there after the first run; see else that the Pushgateway is scraped.'),
        health: 'later',
      };
    if (scrape === 'prometheus')
      return { ...missing(check, 'no sample', 'It is there while some alert is pending or firing.'), health: 'later' };
    return missing(check, 'no sample', `Have Prometheus scrape the ${scrape}: rules that read it can never fire.`);
  });
}

export function judgePushgateway(answers: DoctorFacts['pushgateway']): Line {
  if (typeof answers === 'string') return notAsked('Pushgateway', answers, PUSHGATEWAY);
  if (!answers.known) return unseen('Pushgateway', answers.reason);
  return answers.value
    ? well('Pushgateway', 'answers')
    : missing('Pushgateway', 'an answer that is not its own', 'Is metrics.pushgatewayUrl right?');
}

const PUSHGATEWAY = { setting: 'metrics.pushgatewayUrl', flag: '--pushgateway-url' };
