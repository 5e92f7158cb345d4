import { connectGauges, connectNodes } from '../harness/connect.ts';
import { restoreQuiesced } from '../harness/quiesce.ts';
import { runStep } from '../harness/run-step.ts';
import { permitted } from '../harness/step-error.ts';
import { carryOut } from './act.ts';
import { reset } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(reset, async (inputs, tools) => {
  const { cluster: reads, fenced: writes, fence, deployments, remote, clock } = connectNodes(inputs, tools);
  await fence();
  const plan = permitted(
    decide(await observe({ cluster: reads, deployments, remote }, inputs.annotationPrefix), inputs),
  );
  const voices = { gauges: connectGauges(inputs, tools), log: tools.log };
  const hands = { reads, writes, deployments, restore: restoreQuiesced, clock, ...voices };
  const result = await carryOut(plan, hands, inputs.annotationPrefix);
  tools.log(result);
  return { result };
});
