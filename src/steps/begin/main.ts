import { connectAlerts, connectBesideKured, connectVoices } from '../wiring/connect.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { announce, leftBehindBy, markInFlight, rememberStart, startAbout, take, tellStart, wordsOf } from './act.ts';
import { begin } from './contract.ts';
import { decide, type BeginAction } from './decide.ts';
import { observe, type BeginFacts } from './observe.ts';

void runStep(begin, async (inputs, tools) => {
  const world = connectBesideKured(inputs, tools);
  const { cluster, clock, me, fenced, rehearsal } = world;
  const loop = {
    observe: () => observe(world, me),
    decide: (facts: BeginFacts, elapsedSeconds: number) => decide(facts, me, inputs, elapsedSeconds),
    act: (action: BeginAction) => take(action, world, me),
  };
  const where = [{ reads: cluster, writes: fenced, clock, log: tools.log }, inputs.annotationPrefix, me] as const;
  const left = await leftBehindBy(...where);
  const words = wordsOf(inputs.target, (target) => [
    () => markInFlight(...where, target),
    () => rememberStart(connectAlerts(inputs, tools), rehearsal, ...where),
    async () => tellStart(connectVoices(inputs, tools), clock, await startAbout(world, { ...inputs, target }, left)),
  ]);
  return announce(await reconcile(loop, clock, tools.log), ...words);
});
