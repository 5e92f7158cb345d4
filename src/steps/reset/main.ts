import { connectGauges, connectNodes } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { permitted } from '../harness/step-error.ts';
import { carryOut } from './act.ts';
import { reset } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(reset, async (inputs, tools) => {
  const { cluster: reads, fenced: writes, fence, remote, fencedRemote, ...world } = connectNodes(inputs, tools);
  await fence();
  const facts = await observe({ cluster: reads, deployments: world.deployments, remote }, inputs);
  const plan = permitted(decide(facts, inputs));
  const voices = { gauges: connectGauges(inputs, tools), log: tools.log };
  const result = await carryOut(plan, { ...world, reads, writes, remote: fencedRemote, ...voices }, inputs);
  tools.log(result);
  return { result };
});
