import { connectKeys } from '../harness/connect.ts';
import { everyNode } from '../harness/node-readings.ts';
import { runStep } from '../harness/run-step.ts';
import { permitted } from '../harness/step-error.ts';
import { changeKeys } from './act.ts';
import { sshKey } from './contract.ts';
import { decide } from './decide.ts';
import { hostsOf } from './observe.ts';

void runStep(sshKey, async (inputs, tools) => {
  const { cluster, fence, mounted, ...hands } = connectKeys(inputs, tools);
  await fence();
  const rotation = permitted(decide(inputs, mounted()));
  await changeKeys(hostsOf(await everyNode(cluster, tools.log)), rotation, inputs, { ...hands, log: tools.log });
  return rotation;
});
