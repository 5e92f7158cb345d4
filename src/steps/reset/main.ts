import { connectGauges, connectNodes } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { permitted } from '../harness/step-error.ts';
import { carryOut } from './act.ts';
import { reset } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(reset, async (inputs, tools) => {
  const { cluster: reads, fenced: writes, fence, deployments, remote, clock } = connectNodes(inputs, tools);
  await fence();
  const facts = await observe({ cluster: reads, deployments, remote }, inputs);
  const plan = permitted(decide(facts, inputs));
  const voices = { gauges: connectGauges(inputs, tools), log: tools.log };
  const hands = { reads, writes, deployments, clock, ...voices };
  const result = await carryOut(plan, hands, inputs);
  tools.log(result);
  return { result };
});
