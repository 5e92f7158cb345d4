import type { CronJobName, SnapshotJob, Snapshots } from '../../../src/steps/ports/snapshots.ts';

interface MadeJob {
  readonly of: CronJobName;
  readonly run: string;
  job: SnapshotJob;
  log: string;
}

/** CronJobs and the Jobs made of them, in memory. */
export class FakeSnapshots implements Snapshots {
  readonly #cronJobs = new Set<string>();
  readonly #jobs: MadeJob[] = [];
  /** What happens to each Job when it is made; nothing: it goes on until `end` is called. */
  onStart: (attempt: number) => { readonly state: 'succeeded' | 'failed'; readonly log?: string } | undefined = () =>
    undefined;
  /** Every Job that was made: `uid-of-run 1`. */
  readonly started: string[] = [];
  readonly logsRead: string[] = [];

  addCronJob({ namespace, name }: CronJobName): void {
    this.#cronJobs.add(`${namespace}/${name}`);
  }

  end(run: string, attempt: number, state: 'succeeded' | 'failed', log = '', because = ''): void {
    const made = this.#jobs.find((each) => each.run === run && each.job.attempt === attempt);
    if (made === undefined) throw new Error(`FakeSnapshots has no Job ${run} ${attempt}`);
    made.job = { ...made.job, state, because };
    made.log = log;
  }

  async jobs({ namespace }: CronJobName, run: string): Promise<readonly SnapshotJob[]> {
    return this.#jobs
      .filter((each) => each.of.namespace === namespace && each.run === run)
      .map(({ job }) => job)
      .sort((a, b) => a.attempt - b.attempt);
  }

  async log(_: CronJobName, job: string, container: string | undefined): Promise<string> {
    this.logsRead.push(`${job} ${container ?? '(first)'}`);
    return this.#jobs.find((each) => each.job.name === job)?.log ?? '';
  }

  async start(of: CronJobName, run: string, attempt: number): Promise<'started' | 'no-cron-job'> {
    if (!this.#cronJobs.has(`${of.namespace}/${of.name}`)) return 'no-cron-job';
    if (this.#jobs.some((each) => each.run === run && each.job.attempt === attempt)) return 'started';
    this.started.push(`${run} ${attempt}`);
    const ended = this.onStart(attempt);
    const name = `${of.name}-${run}-${attempt}`;
    this.#jobs.push({
      ...{ of, run, log: ended?.log ?? '' },
      job: { name, attempt, state: ended?.state ?? 'active', because: '' },
    });
    return 'started';
  }
}
