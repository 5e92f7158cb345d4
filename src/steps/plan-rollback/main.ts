import { connectCluster } from '../wiring/connect.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { planRollback } from './contract.ts';
import { decide } from './decide.ts';

void runStep(planRollback, async (inputs, tools) => {
  const { cluster } = connectCluster(inputs, tools);
  const readings = await judgedNodes(cluster);
  const rollback = permitted(decide(readings.nodes, inputs, readings));
  tools.log(`${inputs.node} goes back. Once it has: ${rollback.result}`);
  return rollback;
});
