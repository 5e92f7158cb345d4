import { isStatus } from '../../runtime/retry.ts';
import { unexpected } from '../../runtime/step-error.ts';
import type { CronJobName, SnapshotJob, Snapshots } from '../../ports/snapshots.ts';
import type { Api } from './api.ts';
import { phaseOf } from './pods.ts';
import {
  CRON_JOBS,
  JOBS,
  pathOf,
  PODS,
  type V1CronJob,
  type V1Job,
  type V1Pod,
  type V1PodTemplateSpec,
} from './resources.ts';

/** A Job that is done stays readable for the night and the day after it. */
const KEEP_SECONDS = 2 * 86_400;
const LOG_LINES = 1000;
/** A log is cut at its end, where the line stands that counts: one that is cut is not read. */
const MOST_LOG_BYTES = 4 * 1024 * 1024;
/** A Job's name is a label of its pods, which ends at 63. */
const MOST_CHARACTERS = 63;

export function snapshotsAdapter(api: Api, prefix: string): Snapshots {
  const labels = { run: `${prefix}run`, attempt: `${prefix}attempt` };
  return {
    async jobs({ namespace }, run) {
      const jobs = await api.list(JOBS, { namespace, labelSelector: `${labels.run}=${run}` });
      const read = await Promise.all(jobs.map((job) => toSnapshotJob(api, namespace, job, labels.attempt)));
      return read.sort((a, b) => a.attempt - b.attempt);
    },
    async log({ namespace }, job, container) {
      const pod = (await podsOf(api, namespace, job)).find((each) => phaseOf(each) === 'Succeeded');
      if (pod === undefined) throw unexpected(`Job ${namespace}/${job} succeeded, and none of its pods did`);
      const name = pod.metadata?.name ?? '';
      const chosen = container ?? pod.spec?.containers.at(0)?.name;
      const text = await api.ask(`get pods/log of ${namespace}/${name}`, async () =>
        api.requestText({
          method: 'GET',
          path: pathOf(PODS, { namespace, name, subresource: 'log' }),
          query: { container: chosen, limitBytes: MOST_LOG_BYTES, tailLines: LOG_LINES },
        }),
      );
      if (Buffer.byteLength(text) < MOST_LOG_BYTES) return text;
      throw unexpected(
        `the last ${LOG_LINES} lines of the log of ${namespace}/${name} have more than ${MOST_LOG_BYTES} bytes; let the Job print less`,
      );
    },
    async start(cronJob, run, attempt) {
      const { namespace, name } = cronJob;
      const found = await api.find(CRON_JOBS, { namespace, name });
      if (found === undefined) return 'no-cron-job';
      const own = { [labels.run]: run, [labels.attempt]: String(attempt) };
      const body = jobOf(found, cronJob, jobName(name, run, attempt), own);
      try {
        await api.create(JOBS, { namespace }, body);
      } catch (error) {
        // Made by a request whose answer was lost, or by a pod that ran before this one.
        if (!isStatus(error, 409)) throw error;
      }
      return 'started';
    },
  };
}

/** Returns one name per attempt of a run, so that a repeated call finds its Job. */
function jobName(cronJob: string, run: string, attempt: number): string {
  const end = `-${run.replaceAll(/[^a-z0-9]/g, '').slice(0, 12)}-${attempt}`;
  // Bound: MOST_CHARACTERS.
  return `${cronJob.slice(0, MOST_CHARACTERS - end.length).replace(/[-.]+$/, '')}${end}`;
}

/**
 * Owned by the CronJob, so that it goes with it, but not controlled by it: its controller would count it among its own,
 * and with a history limit of 0 take it away before its log is read.
 */
function jobOf(
  { metadata, spec }: V1CronJob,
  { namespace }: CronJobName,
  name: string,
  own: Record<string, string>,
): V1Job {
  const { metadata: about, spec: work } = spec.jobTemplate;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      ownerReferences: [owner],
      labels: { ...about?.labels, ...own },
      annotations: { ...about?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
    },
    spec: {
      ...work,
      template: evenIfCordoned(work?.template ?? { spec: { containers: [] } }),
      suspend: false,
      ttlSecondsAfterFinished: KEEP_SECONDS,
    },
  };
}

/**
 * An only control-plane node that an upgrade left half done is cordoned, and may be the one place for this pod: without a
 * snapshot no later run would get to finish it.
 */
const evenIfCordoned = ({ metadata, spec }: V1PodTemplateSpec): V1PodTemplateSpec => ({
  ...(metadata && { metadata }),
  spec: { ...(spec ?? { containers: [] }), tolerations: [...(spec?.tolerations ?? []), CORDONED] },
});
const CORDONED = { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' };

async function toSnapshotJob(api: Api, namespace: string, job: V1Job, attemptLabel: string): Promise<SnapshotJob> {
  const name = job.metadata?.name ?? '';
  const attempt = Number(job.metadata?.labels?.[attemptLabel] ?? NaN);
  if (!Number.isInteger(attempt))
    throw unexpected(`Job ${namespace}/${name} has no number in its label ${attemptLabel}`);
  const condition = (wanted: string) =>
    job.status?.conditions?.find(({ type, status }) => type === wanted && status === 'True');
  if (condition('Complete') !== undefined) return { name, attempt, state: 'succeeded', because: '' };
  const failed = condition('Failed');
  if (failed !== undefined) return { name, attempt, state: 'failed', because: failed.message ?? failed.reason ?? '' };
  return { name, attempt, state: 'active', because: whyNotYet(await podsOf(api, namespace, name)) };
}

const podsOf = (api: Api, namespace: string, job: string): Promise<readonly V1Pod[]> =>
  api.list(PODS, { namespace, labelSelector: `job-name=${job}` });

/** What the scheduler or the kubelet says of a pod that does not run. */
function whyNotYet(pods: readonly V1Pod[]): string {
  const says = pods.flatMap(({ status }) => [
    ...(status?.conditions ?? []).flatMap(({ type, status: is, message }) =>
      type === 'PodScheduled' && is === 'False' ? (message ?? []) : [],
    ),
    ...[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(({ state }) =>
      state?.waiting?.reason === undefined ||
      state.waiting.reason === 'PodInitializing' ||
      state.waiting.reason === 'ContainerCreating'
        ? []
        : [state.waiting.message ?? state.waiting.reason],
    ),
  ]);
  return says.at(0) ?? '';
}
