import { connectDrain } from '../wiring/connect-node.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { notMemoized } from '../guards/rerun.ts';
import { runStep } from '../runtime/run-step.ts';
import { Drainer } from './act.ts';
import { Arrivals } from './arrivals.ts';
import { drain } from './contract.ts';
import { decide, type DrainAction } from './decide.ts';
import { DrainMemory } from './memory.ts';
import { observe, type DrainFacts } from './observe.ts';

void runStep(drain, async (inputs, tools) => {
  const { cluster, runs, me, fenced, clock, workOnNode } = await connectDrain(inputs, tools);
  await notMemoized(runs, me);
  const memory = new DrainMemory(inputs);
  const arrivals = new Arrivals(inputs);
  const drainer = new Drainer(cluster, fenced, inputs.gracePeriodSeconds, memory, clock, tools.log);
  const wish = { ...inputs, run: inputs.runUid };
  const loop = {
    observe: () => observe(cluster, inputs.node, wish, clock, arrivals),
    decide: (facts: DrainFacts, seconds: number) => decide(facts, wish, memory.look(facts, seconds), seconds),
    act: (action: DrainAction) => drainer.act(action),
  };
  return { drained: await workOnNode(() => reconcile(loop, clock, tools.log)) };
});
