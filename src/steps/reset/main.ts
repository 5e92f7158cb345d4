import { connectGauges, connectNodes } from '../wiring/connect.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { carryOut } from './act.ts';
import { reset } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(reset, async (inputs, tools) => {
  const { cluster: reads, fenced: writes, fence, remote, fencedRemote, ...world } = connectNodes(inputs, tools);
  await fence();
  const quiesced = quiescedOf(inputs.quiesce, world.deployments, tools.log);
  const facts = await observe({ cluster: reads, quiesced, remote }, inputs.annotationPrefix);
  const plan = permitted(decide(facts, inputs));
  const hands = { ...world, reads, writes, remote: fencedRemote, quiesced, gauges: connectGauges(inputs, tools) };
  const result = await carryOut(plan, hands, inputs.annotationPrefix);
  tools.log(result);
  return { result };
});
