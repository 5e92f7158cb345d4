import { judgedNodes } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { planRollback } from './contract.ts';
import { decide } from './decide.ts';

void runStep(planRollback, async (inputs, tools) => {
  const readings = await judgedNodes(clusterClient(connect(inputs, tools)));
  const rollback = permitted(decide(readings.nodes, inputs, readings));
  tools.log(`${inputs.node} goes back. Once it has: ${rollback.result}`);
  return rollback;
});
