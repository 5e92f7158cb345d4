import { connectGauges, connectHeart, connectSnapshots } from '../wiring/connect.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { record, startJob } from './act.ts';
import { snapshot } from './contract.ts';
import { decide } from './decide.ts';
import { SnapshotWatch } from './observe.ts';

void runStep(snapshot, async (inputs, tools) => {
  const connected = connectSnapshots(inputs, tools);
  const { snapshots, fencedSnapshots, fenced } = connected;
  const clock = await connectHeart(inputs, tools, connected, { snapshotTaken: false });
  const cronJob = { namespace: inputs.cronJobNamespace, name: inputs.cronJobName };
  const watch = new SnapshotWatch(snapshots, { ...inputs, cronJob }, inputs.runUid);
  const loop = {
    observe: () => watch.observe(),
    decide: (facts: Awaited<ReturnType<SnapshotWatch['observe']>>, elapsedSeconds: number) =>
      decide(facts, cronJob, inputs.timeoutSeconds, elapsedSeconds),
    act: (job: Parameters<typeof startJob>[0]) => startJob(job, fencedSnapshots, cronJob, inputs.runUid, watch),
  };
  const taken = await reconcile(loop, clock, tools.log);
  await record(taken, fenced, connectGauges(inputs, tools), inputs.annotationPrefix, clock);
  return { snapshotPath: taken.file };
});
