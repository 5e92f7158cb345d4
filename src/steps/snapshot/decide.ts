import type { Decision } from '../../upgrade/decision.ts';
import type { Snapshot } from '../../upgrade/etcd/snapshot.ts';
import type { CronJobName } from '../ports/snapshots.ts';
import type { SnapshotFacts } from './observe.ts';

/** Make this attempt. */
export interface StartJob {
  readonly attempt: number;
}

const POLL_SECONDS = 5;

/**
 * Waits for an active Job and never starts a second one. A Job that ended without a snapshot before this step began belongs to
 * an earlier step, which refused. This step then makes a new attempt, since the cause may be gone.
 */
export function decide(
  { job, snapshot, endedBefore, noCronJob }: SnapshotFacts,
  cronJob: CronJobName,
  timeoutSeconds: number,
  elapsedSeconds: number,
): Decision<StartJob, Snapshot> {
  const from = `CronJob ${cronJob.namespace}/${cronJob.name}`;
  if (noCronJob) {
    return refuse(`there is no ${from}. Name the one that backs up etcd in snapshot.cronJob`);
  }
  if (job === undefined) {
    return elapsedSeconds < timeoutSeconds
      ? start(1, `Making a Job of ${from}.`)
      : refuse(`the Job that was made of ${from} has not been seen for ${elapsedSeconds} s`);
  }
  const jobName = `Job ${cronJob.namespace}/${job.name}`;
  const command = `kubectl -n ${cronJob.namespace} describe job ${job.name}`;
  const why = job.because === '' ? '' : `: ${job.because}`;
  switch (job.state) {
    case 'active':
      return elapsedSeconds < timeoutSeconds
        ? { kind: 'wait', seconds: POLL_SECONDS, because: `${jobName} is active${why}.` }
        : refuse(`${jobName} did not finish within ${elapsedSeconds} s${why}. See what it does: ${command}`);
    case 'failed':
      return endedBefore
        ? start(job.attempt + 1, `${jobName} had failed${why}. Making another one.`)
        : refuse(`${jobName} failed${why}. See why: ${command}`);
    case 'succeeded':
      if (snapshot !== undefined && !('unreadable' in snapshot))
        return { kind: 'done', value: snapshot, because: `${jobName} took ${snapshot.file}, ${snapshot.bytes} bytes.` };
      return endedBefore
        ? start(job.attempt + 1, `${jobName} had left no snapshot that is whole. Making another one.`)
        : refuse(`${jobName} succeeded, and ${snapshot?.unreadable ?? 'its log was not read'}. See it: ${command}`);
  }
}

const start = (attempt: number, because: string): Decision<StartJob, Snapshot> => ({
  kind: 'act',
  action: { attempt },
  because,
});

const refuse = (because: string): Decision<StartJob, Snapshot> => ({
  kind: 'refuse',
  because: `No snapshot of etcd was taken, so no node was changed: ${because}. The next scheduled run tries again.`,
});
