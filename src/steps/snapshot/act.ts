import { gaugesWithSnapshot } from '../../signals/gauges.ts';
import { snapshotAnnotation } from '../../run/in-flight.ts';
import type { Snapshot } from '../../upgrade/etcd/snapshot.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { CronJobName, SnapshotWrites } from '../ports/snapshots.ts';
import type { StartJob } from './decide.ts';
import type { SnapshotWatch } from './observe.ts';

interface StartOptions {
  readonly writes: SnapshotWrites;
  readonly cronJob: CronJobName;
  readonly run: string;
  readonly watch: SnapshotWatch;
}

export async function startJob({ attempt }: StartJob, { writes, cronJob, run, watch }: StartOptions): Promise<void> {
  watch.noCronJob = (await writes.start(cronJob, run, attempt)) === 'no-cron-job';
}

interface RecordOptions {
  readonly writes: NodeWrites;
  readonly gauges: Gauges;
  readonly prefix: string;
  readonly clock: Clock;
}

/** The annotation first: the gauge must not say what a rollback would not find. */
export async function record({ file }: Snapshot, { writes, gauges, prefix, clock }: RecordOptions): Promise<void> {
  await writes.writeRunMarks({ [snapshotAnnotation(prefix)]: file });
  await gauges.upgrade(gaugesWithSnapshot(clock.now()));
}
