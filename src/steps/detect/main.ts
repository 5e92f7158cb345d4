import { connectNodes } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { readable } from '../harness/step-error.ts';
import { detect } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(detect, async (inputs, tools) => {
  const { cluster, remote } = connectNodes(inputs, tools);
  const packages = { sourceFile: inputs.sourceFile, timeoutSeconds: inputs.packagesTimeoutSeconds };
  const detection = readable(decide(await observe(cluster, remote, packages, tools.log), inputs));
  tools.log(`${detection.verdict}: ${detection.reason}`);
  return detection;
});
