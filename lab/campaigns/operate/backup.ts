import { built } from '../../kit/cluster.ts';
import { get, onNode, sleep, tryInLab, tryKubectl } from '../../kit/commands.ts';
import { runMarks } from '../../kit/namespace.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { check, checkSays } from '../../kit/record.ts';
import { begun, endOf, listWorkflows, messageOf, night, noteMessage, outputOf } from '../../kit/runs.ts';
import { SETTINGS } from './cluster.ts';
import { documented } from './documented.ts';

export const BACKUP = 'k8s-upgrade-etcd-backup';
const RUN = 'argo-kubeadm-upgrade.io/run';
const LIMIT_SECONDS = 900;
/** What no etcd of the lab has: the most that the settings allow. */
const TOO_MANY_BYTES = 1_073_741_824;

interface BackupJob {
  readonly metadata: { readonly name: string };
  readonly status: { readonly succeeded?: number; readonly failed?: number };
}

interface BackupPod {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly state: { readonly terminated?: { readonly exitCode: number } };
}

/** What the namespace names as snapshots while the work goes on: a run that ends well takes that away. */
export async function snapshotsNamed(work: () => Promise<void>): Promise<readonly string[]> {
  const seen = new Set<string>();
  const at = { work: true };
  const watching = (async () => {
    while (at.work) {
      const { 'snapshot-path': path } = await runMarks().catch((): Readonly<Record<string, string>> => ({}));
      if (path !== undefined) seen.add(path);
      await sleep(2);
    }
  })();
  try {
    await work();
  } finally {
    at.work = false;
    await watching;
  }
  return [...seen];
}

/** The snapshot of the approved run, by the built-in backup. */
export async function backup(named: readonly string[]): Promise<void> {
  const taker = (await listWorkflows()).find((workflow) => outputOf(workflow, 'snapshot', 'snapshotPath') !== '');
  if (taker === undefined) throw new Error('no run has taken a snapshot');
  const file = outputOf(taker, 'snapshot', 'snapshotPath');
  const what = 'snapshot.mode built-in: what the namespace names while the approved run goes on';
  check(what, file, named.join(', '));
  const [node = '', path = ''] = file.split(':');
  check('… the node that has it', 'cp1', node);
  check('… the file', 'regular file 600 root:root', await onNode('cp1', `stat -c '%F %a %U:%G' ${path}`));
  check('… etcdutl snapshot status', ...(await accepted(path)));
  const jobs = await jobsOf(taker.metadata.uid);
  check('… its Jobs, succeeded and failed', '1 and 0', jobs.map(counts).join(', '));
  const [job = ''] = jobs.map(({ metadata }) => metadata.name);
  check('… its pods', 'Succeeded on cp1: make-room 0, save 0, verify 0, keep 0', await podsOf(job));
  await documented('kubectl -n k8s-upgrade-etcd-backup get jobs');
  const all = { '<job>': job };
  const { stdout } = await documented('kubectl -n k8s-upgrade-etcd-backup logs job/<job> --all-containers', all);
  checkSays('… the log says where it is', stdout, `Backup done: ${file} (`);
}

const jobsOf = async (uid: string): Promise<readonly BackupJob[]> =>
  (await get<{ items: readonly BackupJob[] }>('jobs', '-n', BACKUP, '-l', `${RUN}=${uid}`)).items;

const counts = ({ status: { succeeded = 0, failed = 0 } }: BackupJob): string => `${succeeded} and ${failed}`;

async function podsOf(job: string): Promise<string> {
  const { items } = await get<{ items: readonly BackupPod[] }>('pods', '-n', BACKUP, '-l', `job-name=${job}`);
  return items
    .map(({ spec, status }) => {
      const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
      const ends = containers.map(({ name, state }) => `${name} ${state.terminated?.exitCode ?? 'has not ended'}`);
      return `${status.phase} on ${spec.nodeName ?? 'no node'}: ${ends.join(', ')}`;
    })
    .join('; ');
}

/** By a program of this host: a machine's /var is a folder of it. */
async function accepted(path: string): Promise<[expected: string, seen: string, passed: boolean]> {
  const etcdutl = await built('etcd-clients');
  const script = `${etcdutl} snapshot status "$(dirname "$KUBECONFIG")/nodes/cp1${path}" --write-out=json`;
  const { exitCode, stdout, stderr } = await tryInLab('bash', '-c', script);
  if (exitCode !== 0) return ['it is accepted', stderr, false];
  const { totalKey } = JSON.parse(stdout) as { totalKey: number };
  return ['hundreds of keys', `${totalKey} keys`, totalKey > 200];
}

/** A snapshot that is smaller than what was asked for is none, and without one no node is touched. */
export async function noSnapshot(): Promise<void> {
  const untouched = await nodeLines();
  await SETTINGS.apply({ snapshot: { minimumBytes: TOO_MANY_BYTES } });
  const ended = await night(LIMIT_SECONDS);
  check('a night whose snapshot is too small: it ends', 'Failed, failed', endOf(ended));
  const job = (await jobsOf(ended.metadata.uid)).at(-1)?.metadata.name ?? 'none';
  const refusal = `No snapshot of etcd was taken, so no node was changed: Job ${BACKUP}/${job} failed: Job has reached the specified backoff limit. See why: kubectl -n ${BACKUP} describe job ${job}. The next scheduled run tries again.`;
  checkSays('… and says so', messageOf(ended), refusal);
  check('… the nodes', untouched, await nodeLines());
  check('… drains begun', '0', String(begun(ended, 'drain-')));
  const place = { '<namespace>': BACKUP, '<job>': job };
  await documented('kubectl -n <namespace> describe job <job>', place);
  const { stdout } = await documented('kubectl -n <namespace> logs job/<job>', place);
  const why = `bytes, expected at least ${TOO_MANY_BYTES}: that is no snapshot of etcd.`;
  checkSays('… its log says why', stdout, why);
  noteMessage(ended);
  await SETTINGS.apply();
  await byHand();
}

/** As the runbook has it, once the cause is gone. */
async function byHand(): Promise<void> {
  await documented('df -h /var/lib/k8s-upgrade-etcd-backup', {}, { on: 'cp1' });
  await documented('kubectl -n k8s-upgrade-etcd-backup create job by-hand --from=cronjob/k8s-upgrade-etcd-backup');
  const wait = ['wait', '--for=condition=complete', 'job/by-hand', '-n', BACKUP, '--timeout=120s'];
  const { stdout, stderr } = await tryKubectl(...wait);
  const met = 'job.batch/by-hand condition met';
  check('… once the cause is gone, a Job by hand', met, `${stdout}${stderr}`.trim());
}
