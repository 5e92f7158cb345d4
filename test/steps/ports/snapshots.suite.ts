import { expect } from 'chai';
import type { CronJobName, Snapshots } from '../../../src/steps/ports/snapshots.ts';

export interface SnapshotsWorld {
  readonly snapshots: Snapshots;
  /** What the Jobs of its CronJobs print, among other things. */
  readonly prints: string;
  /** There, suspended. */
  addCronJob(name: string): Promise<CronJobName>;
  /** Resolves when the Job of that run and attempt has come to its end, a good one. */
  finish(cronJob: CronJobName, run: string, attempt: number): Promise<void>;
  end(): Promise<void>;
}

const RUN = '2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11';

export function describeSnapshots(name: string, make: () => Promise<SnapshotsWorld>): void {
  describe(`Snapshots: ${name}`, () => {
    let world: SnapshotsWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('says so when there is no such CronJob', async () => {
      const { namespace } = await world.addCronJob('backup-etcd');
      expect(await world.snapshots.start({ namespace, name: 'nobody' }, RUN, 1)).to.equal('no-cron-job');
      expect(await world.snapshots.jobs({ namespace, name: 'nobody' }, RUN)).to.deep.equal([]);
    });

    it('makes an attempt once, however often it is asked for', async () => {
      const cronJob = await world.addCronJob('backup-etcd');
      expect(await world.snapshots.start(cronJob, RUN, 1)).to.equal('started');
      expect(await world.snapshots.start(cronJob, RUN, 1)).to.equal('started');
      const jobs = await world.snapshots.jobs(cronJob, RUN);
      expect(jobs.map(({ attempt }) => attempt)).to.deep.equal([1]);
    });

    it('tells the Jobs of a run from those of another, and their attempts in order', async () => {
      const cronJob = await world.addCronJob('backup-etcd');
      for (const attempt of [2, 1]) await world.snapshots.start(cronJob, RUN, attempt);
      await world.snapshots.start(cronJob, 'another-run', 1);
      const jobs = await world.snapshots.jobs(cronJob, RUN);
      expect(jobs.map(({ attempt }) => attempt)).to.deep.equal([1, 2]);
      expect(new Set(jobs.map((job) => job.name)).size).to.equal(2);
    });

    it('reads what a Job has printed that is done', async () => {
      const cronJob = await world.addCronJob('backup-etcd');
      await world.snapshots.start(cronJob, RUN, 1);
      await world.finish(cronJob, RUN, 1);
      const [job] = await world.snapshots.jobs(cronJob, RUN);
      expect(job?.state).to.equal('succeeded');
      expect(await world.snapshots.log(cronJob, job?.name ?? '', undefined)).to.contain(world.prints);
    });
  });
}
