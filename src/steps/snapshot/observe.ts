import { findSnapshot, type Snapshot } from '../../upgrade/etcd/snapshot.ts';
import type { Unreadable } from '../../upgrade/reading.ts';
import type { CronJobName, SnapshotJob, SnapshotReads } from '../ports/snapshots.ts';
import type { SnapshotInput } from './contract.ts';

export interface SnapshotFacts {
  /** The newest of this run. */
  readonly job: SnapshotJob | undefined;
  /** The snapshot of a Job that succeeded. */
  readonly snapshot: Snapshot | Unreadable | undefined;
  /** Whether it was over before this step looked for the first time: an attempt of its own may follow then. */
  readonly endedBefore: boolean;
  readonly noCronJob: boolean;
}

export interface SnapshotSource extends SnapshotInput {
  readonly cronJob: CronJobName;
}

/** Looks at the Jobs of the run, and remembers which of them were over from the start. */
export class SnapshotWatch {
  readonly #reads: SnapshotReads;
  readonly #source: SnapshotSource;
  readonly #run: string;
  #endedAtFirst: readonly string[] | undefined;
  noCronJob = false;

  constructor(reads: SnapshotReads, source: SnapshotSource, run: string) {
    this.#reads = reads;
    this.#source = source;
    this.#run = run;
  }

  async observe(): Promise<SnapshotFacts> {
    const { cronJob, container, logPattern, minimumBytes } = this.#source;
    const jobs = await this.#reads.jobs(cronJob, this.#run);
    this.#endedAtFirst ??= jobs.filter(({ state }) => state !== 'active').map(({ name }) => name);
    const job = jobs.at(-1);
    const snapshot =
      job?.state === 'succeeded'
        ? findSnapshot(await this.#reads.log(cronJob, job.name, container), logPattern, minimumBytes)
        : undefined;
    const endedBefore = job !== undefined && this.#endedAtFirst.includes(job.name);
    return { job, snapshot, endedBefore, noCronJob: this.noCronJob };
  }
}
