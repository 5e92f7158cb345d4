import { findSnapshot, type Snapshot } from '../../upgrade/etcd/snapshot.ts';
import type { Unreadable } from '../../upgrade/reading.ts';
import type { CronJobName, SnapshotJob, SnapshotReads } from '../ports/snapshots.ts';

export interface SnapshotFacts {
  /** The newest of this run. */
  readonly job: SnapshotJob | undefined;
  /** The snapshot of a Job that succeeded. */
  readonly snapshot: Snapshot | Unreadable | undefined;
  /** Whether it was over before this step looked for the first time: an attempt of its own may follow then. */
  readonly wasOver: boolean;
  readonly noCronJob: boolean;
}

export interface SnapshotPlace {
  readonly cronJob: CronJobName;
  readonly container: string | undefined;
  readonly logPattern: string;
  readonly minimumBytes: number;
}

/** Looks at the Jobs of the run, and remembers which of them were over from the start. */
export class SnapshotWatch {
  readonly #reads: SnapshotReads;
  readonly #place: SnapshotPlace;
  readonly #run: string;
  #overAtFirst: readonly string[] | undefined;
  noCronJob = false;

  constructor(reads: SnapshotReads, place: SnapshotPlace, run: string) {
    [this.#reads, this.#place, this.#run] = [reads, place, run];
  }

  async observe(): Promise<SnapshotFacts> {
    const { cronJob, container, logPattern, minimumBytes } = this.#place;
    const jobs = await this.#reads.jobs(cronJob, this.#run);
    this.#overAtFirst ??= jobs.filter(({ state }) => state !== 'active').map(({ name }) => name);
    const job = jobs.at(-1);
    const snapshot =
      job?.state === 'succeeded'
        ? findSnapshot(await this.#reads.log(cronJob, job.name, container), logPattern, minimumBytes)
        : undefined;
    const wasOver = job !== undefined && this.#overAtFirst.includes(job.name);
    return { job, snapshot, wasOver, noCronJob: this.noCronJob };
  }
}
