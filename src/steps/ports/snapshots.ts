/** A CronJob, and what a run makes of it. */
export interface CronJobName {
  readonly namespace: string;
  readonly name: string;
}

export interface SnapshotJob {
  readonly name: string;
  /** Which attempt of its run it is, from 1. */
  readonly attempt: number;
  readonly state: 'active' | 'succeeded' | 'failed';
  /** Why it is not done, or why it failed, where that can be seen; empty otherwise. */
  readonly because: string;
}

export interface SnapshotReads {
  /** The Jobs of this run, oldest attempt first. */
  jobs(cronJob: CronJobName, run: string): Promise<readonly SnapshotJob[]>;
  /** The end of the log of a Job that has succeeded; of its first container where none is named. */
  log(cronJob: CronJobName, job: string, container: string | undefined): Promise<string>;
}

export interface SnapshotWrites {
  /**
   * Makes a Job of the CronJob, as `kubectl create job --from` does. Whatever the attempt is named, it is made once.
   * `no-cron-job`: there is none of that name.
   */
  start(cronJob: CronJobName, run: string, attempt: number): Promise<'started' | 'no-cron-job'>;
}

export type Snapshots = SnapshotReads & SnapshotWrites;
