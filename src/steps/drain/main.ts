import { connectCluster } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { Drainer } from './act.ts';
import { drain } from './contract.ts';
import { decide, type DrainAction } from './decide.ts';
import { observe, type DrainFacts } from './observe.ts';

void runStep(drain, async (inputs, tools) => {
  const { cluster, fenced, clock, unlessHalted } = connectCluster(inputs, tools);
  const drainer = new Drainer(cluster, fenced, inputs.gracePeriodSeconds, clock, tools.log);
  const wish = { ...inputs, run: inputs.runUid };
  const loop = {
    observe: () => observe(cluster, inputs.node),
    decide: (facts: DrainFacts, elapsedSeconds: number) => decide(facts, wish, drainer.held, elapsedSeconds),
    act: (action: DrainAction) => drainer.act(action),
  };
  return { drained: await unlessHalted(inputs.node, () => reconcile(loop, clock, tools.log)) };
});
