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
  { job, snapshot, wasOver, noCronJob }: SnapshotFacts,
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
  const named = `Job ${cronJob.namespace}/${job.name}`;
  const see = `kubectl -n ${cronJob.namespace} describe job ${job.name}`;
  const why = job.because === '' ? '' : `: ${job.because}`;
  switch (job.state) {
    case 'active':
      return elapsedSeconds < timeoutSeconds
        ? { kind: 'wait', seconds: POLL_SECONDS, because: `${named} is at work${why}.` }
        : refuse(`${named} was not done after ${elapsedSeconds} s${why}. See what it does: ${see}`);
    case 'failed':
      return wasOver
        ? start(job.attempt + 1, `${named} had failed${why}. Making another one.`)
        : refuse(`${named} failed${why}. See why: ${see}`);
    case 'succeeded':
      if (snapshot !== undefined && !('unreadable' in snapshot))
        return { kind: 'done', value: snapshot, because: `${named} took ${snapshot.file}, ${snapshot.bytes} bytes.` };
      return wasOver
        ? start(job.attempt + 1, `${named} had left no snapshot that is whole. Making another one.`)
        : refuse(`${named} succeeded, and ${snapshot?.unreadable ?? 'its log was not read'}. See it: ${see}`);
  }
}

const start = (attempt: number, because: string): Decision<StartJob, Snapshot> => ({
  kind: 'act',
  action: { attempt },
  because,
});

const refuse = (because: string): Decision<StartJob, Snapshot> => ({
  kind: 'refuse',
  because: `No snapshot of etcd, and so no node was touched: ${because}. The next nightly run tries again.`,
});
