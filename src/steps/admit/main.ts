import { connectAlerts, connectCluster, connectHeart, SOON } from '../harness/connect.ts';
import { nothing, reconcile } from '../harness/reconcile.ts';
import { notMemoized } from '../harness/rerun.ts';
import { runStep } from '../harness/run-step.ts';
import { tellTheRest } from './act.ts';
import { admit } from './contract.ts';
import { decideWatching } from './decide.ts';
import { watch, type WatchedFacts } from './observe.ts';

void runStep(admit, async (inputs, tools) => {
  const connected = connectCluster(inputs, tools);
  const { cluster, runs, me, fence, fenced } = connected;
  await notMemoized(runs, me);
  await fence();
  const clock = await connectHeart(inputs, tools, connected);
  const sight = connectAlerts(inputs, tools, SOON);
  const loop = {
    observe: () => watch(cluster, runs, clock, sight, inputs),
    decide: (facts: WatchedFacts, elapsedSeconds: number) => decideWatching(facts, inputs, elapsedSeconds),
    act: nothing,
  };
  const admission = await reconcile(loop, clock, tools.log);
  await tellTheRest(admission, fenced, inputs);
  return admission;
});
