import { connectCluster } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { Drainer } from './act.ts';
import { drain } from './contract.ts';
import { decide } from './decide.ts';
import { DrainMemory } from './memory.ts';
import { observe } from './observe.ts';

void runStep(drain, async (inputs, tools) => {
  const { cluster, fenced, clock } = connectCluster(inputs, tools);
  const memory = new DrainMemory(inputs);
  const drainer = new Drainer(cluster, fenced, inputs.gracePeriodSeconds, memory, clock, tools.log);
  const wish = { ...inputs, run: inputs.runUid };
  await reconcile(
    {
      observe: () => observe(cluster, inputs.node, wish, clock),
      decide: (facts, seconds) => decide(facts, wish, memory.look(facts, seconds), seconds),
      act: (action) => drainer.act(action),
    },
    clock,
    tools.log,
  );
  return {};
});
