import { connectAlerts, connectHeart, connectPostflight, SOON } from '../wiring/connect.ts';
import { nothing, reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { postflight } from './contract.ts';
import { decide } from './decide.ts';
import { observe, type PostflightFacts } from './observe.ts';

void runStep(postflight, async (inputs, tools) => {
  const connected = connectPostflight(inputs, tools);
  const clock = await connectHeart(inputs, tools, connected);
  const sight = connectAlerts(inputs, tools, SOON);
  const loop = {
    observe: () => observe(connected, sight, inputs),
    decide: (facts: PostflightFacts, elapsedSeconds: number) => decide(facts, inputs, elapsedSeconds),
    act: nothing,
  };
  return reconcile(loop, clock, tools.log);
});
