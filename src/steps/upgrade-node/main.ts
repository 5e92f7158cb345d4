import { connectNodes } from '../harness/connect.ts';
import { nothing, once, reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { carryOut } from './act.ts';
import { upgradeNode } from './contract.ts';
import { decideApi, decideWork } from './decide.ts';
import { ApiWatch, observeNode } from './observe.ts';

void runStep(upgradeNode, async (inputs, tools) => {
  const { cluster, fenced, fencedRemote, clock, unlessHalted } = connectNodes(inputs, tools);
  const work = {
    observe: () => observeNode(cluster, inputs.node),
    decide: (node: Awaited<ReturnType<typeof observeNode>>) => decideWork(node, inputs.runUid, inputs),
    act: (todo: Parameters<typeof carryOut>[0]) => carryOut(todo, cluster, fenced, fencedRemote, tools.log),
  };
  await unlessHalted(inputs.node, () => once(work, tools.log));
  const api = new ApiWatch(cluster, clock);
  const decide = (facts: Awaited<ReturnType<ApiWatch['observe']>>, elapsedSeconds: number) =>
    decideApi(inputs.role, facts, inputs.apiPatienceSeconds, elapsedSeconds);
  await reconcile({ observe: () => api.observe(), decide, act: nothing }, clock, tools.log);
  return {};
});
