import { connectKeys, fingerprint } from '../wiring/connect.ts';
import { everyNode } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { unlessObjected } from '../runtime/step-error.ts';
import { proveSshKey } from './contract.ts';
import { decide } from './decide.ts';
import { logInEverywhere } from './observe.ts';

void runStep(proveSshKey, async (inputs, tools) => {
  const { cluster, mounted, remoteBy } = connectKeys(inputs, tools);
  unlessObjected(decide(mounted()[inputs.which], inputs, fingerprint));
  await logInEverywhere(await everyNode(cluster, tools.log), remoteBy(inputs.which), tools.log);
  return {};
});
