import { connectCluster, connectHeart } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { tellTheRest } from './act.ts';
import { admit } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(admit, async (inputs, tools) => {
  const connected = connectCluster(inputs, tools);
  const { cluster, fence, fenced } = connected;
  await fence();
  const clock = await connectHeart(inputs, tools, connected);
  const admission = decide(await observe(cluster, clock, inputs), inputs);
  tools.log(`${admission.verdict}: ${admission.because}`);
  await tellTheRest(admission, fenced, inputs);
  return admission;
});
