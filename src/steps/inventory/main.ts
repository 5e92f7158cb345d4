import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { inventory } from './contract.ts';
import { decide, describe, describeOthers, listsOf } from './decide.ts';
import { observe } from './observe.ts';

void runStep(inventory, async (inputs, tools) => {
  const { readings, stop } = await observe(clusterClient(connect(inputs, tools)), inputs);
  const order = permitted(decide(readings.nodes, inputs, stop, readings));
  describeOthers(readings).forEach(tools.log);
  tools.log(describe(order, inputs.target));
  return listsOf(order, inputs);
});
