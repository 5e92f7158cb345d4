import { connectAlerts, SOON } from '../wiring/connect.ts';
import { connectAdmit } from '../wiring/connect-node.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
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
