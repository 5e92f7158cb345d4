import { connectAlerts, SOON } from '../harness/connect.ts';
import { connectAdmit } from '../harness/connect-node.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { holdKured, tellTheRest } from './act.ts';
import { admit } from './contract.ts';
import { decideWatching, type HoldKured } from './decide.ts';
import { watch, type WatchedFacts } from './observe.ts';

void runStep(admit, async (inputs, tools) => {
  const { cluster, runs, fenced, me, kured, clock } = await connectAdmit(inputs, tools);
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
