import { connectAlerts, connectBesideKured, connectHeart, SOON } from '../harness/connect.ts';
import { assertOwnTarget } from '../harness/own-target.ts';
import { reconcile } from '../harness/reconcile.ts';
import { notMemoized } from '../harness/rerun.ts';
import { runStep } from '../harness/run-step.ts';
import { holdKured, tellTheRest } from './act.ts';
import { admit } from './contract.ts';
import { decideWatching, type HoldKured } from './decide.ts';
import { watch, type WatchedFacts } from './observe.ts';

void runStep(admit, async (inputs, tools) => {
  const connected = connectBesideKured(inputs, tools);
  const { cluster, runs, fence, fenced, me, kured } = connected;
  await notMemoized(runs, me);
  await fence();
  await assertOwnTarget(cluster, inputs);
  const clock = await connectHeart(inputs, tools, connected);
  const sight = connectAlerts(inputs, tools, SOON);
  const loop = {
    observe: () => watch(cluster, runs, clock, sight, kured, inputs),
    decide: (facts: WatchedFacts, elapsedSeconds: number) => decideWatching(facts, inputs, elapsedSeconds),
    act: (action: HoldKured) => holdKured(action, kured, me, clock),
  };
  const admission = await reconcile(loop, clock, tools.log);
  await tellTheRest(admission, fenced, inputs);
  return admission;
});
