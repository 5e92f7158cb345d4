import { connectCluster } from '../harness/connect.ts';
import { judgedNodes } from '../harness/node-readings.ts';
import { runStep } from '../harness/run-step.ts';
import { permitted } from '../harness/step-error.ts';
import { planRollback } from './contract.ts';
import { decide } from './decide.ts';

void runStep(planRollback, async (inputs, tools) => {
  const { cluster } = connectCluster(inputs, tools);
  const readings = await judgedNodes(cluster);
  const rollback = permitted(decide(readings.nodes, inputs, readings));
  tools.log(`${inputs.node} goes back. Once it has: ${rollback.result}`);
  return rollback;
});
