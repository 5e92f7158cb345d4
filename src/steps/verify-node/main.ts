import { connectAlerts, connectCluster, connectHeart, SOON } from '../wiring/connect.ts';
import { assertOwnTarget } from '../guards/own-target.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { carryOut } from './act.ts';
import { verifyNode } from './contract.ts';
import { ailments, decide } from './decide.ts';
import { NodeWatch } from './observe.ts';

void runStep(verifyNode, async (inputs, tools) => {
  const connected = connectCluster(inputs, tools);
  const { cluster, fenced } = connected;
  await assertOwnTarget(cluster, inputs);
  const clock = await connectHeart(inputs, tools, connected);
  const watch = new NodeWatch(cluster, clock, inputs, connectAlerts(inputs, tools, SOON));
  const loop = {
    observe: () => watch.observe(inputs.node, (facts) => ailments(facts, inputs.target)),
    decide: (facts: Awaited<ReturnType<NodeWatch['observe']>>, elapsed: number) => decide(facts, inputs, elapsed),
    act: (action: Parameters<typeof carryOut>[0]) =>
      carryOut(action, inputs.node, inputs.runUid, cluster, fenced, clock),
  };
  await reconcile(loop, clock, tools.log);
  return {};
});
