import { fencedSnapshots } from '../guards/fence.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { gaugesClient, heartbeatClock } from '../wiring/gauges.ts';
import { snapshotsClient } from '../wiring/snapshots.ts';
import { record, startJob } from './act.ts';
import { snapshot } from './contract.ts';
import { decide, type StartJob } from './decide.ts';
import { SnapshotWatch, type SnapshotFacts } from './observe.ts';

void runStep(snapshot, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { fence, fenced } = fencedCluster(connection);
  const snapshots = snapshotsClient(connection);
  const clock = await heartbeatClock(connection, inputs, tools, { snapshotTaken: false });
  const cronJob = { namespace: inputs.cronJobNamespace, name: inputs.cronJobName };
  const watch = new SnapshotWatch(snapshots, { ...inputs, cronJob }, inputs.runUid);
  const writes = fencedSnapshots(snapshots, fence);
  const loop = {
    observe: () => watch.observe(),
    decide: (facts: SnapshotFacts, elapsedSeconds: number) =>
      decide(facts, cronJob, inputs.timeoutSeconds, elapsedSeconds),
    act: (job: StartJob) => startJob(job, { writes, cronJob, run: inputs.runUid, watch }),
  };
  const taken = await reconcile(loop, clock, tools.log);
  const gauges = gaugesClient(inputs, tools);
  await record(taken, { writes: fenced, gauges, prefix: inputs.annotationPrefix, clock });
  return { snapshotPath: taken.file };
});
