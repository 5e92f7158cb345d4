import { connectKeys } from '../wiring/connect.ts';
import { everyNode } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
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
