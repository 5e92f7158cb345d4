import { connectGauges, connectNodes, connectPackages } from '../wiring/connect.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { detect } from './contract.ts';
import { decide } from './decide.ts';
import { showCheck } from './gauges.ts';
import { observe } from './observe.ts';

void runStep(detect, async (inputs, tools) => {
  const { cluster, deployments, remote, clock } = connectNodes(inputs, tools);
  const quiesced = quiescedOf(inputs.quiesce, deployments, tools.log);
  const world = { cluster, quiesced, remote, packages: connectPackages(inputs, tools), clock, log: tools.log };
  const detection = await observe(world, inputs, (facts) => decide(facts, inputs));
  tools.log(`${detection.verdict}: ${detection.reason}`);
  await showCheck(detection, inputs, connectGauges(inputs, tools), clock.now());
  return detection;
});
