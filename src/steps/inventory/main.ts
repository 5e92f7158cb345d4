import { connectCluster } from '../wiring/connect.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { inventory } from './contract.ts';
import { decide, describe, describeOthers, listsOf } from './decide.ts';
import { observe } from './observe.ts';

void runStep(inventory, async (inputs, tools) => {
  const { cluster } = connectCluster(inputs, tools);
  const { readings, stop } = await observe(cluster, inputs);
  const order = permitted(decide(readings.nodes, inputs, stop, readings));
  describeOthers(readings).forEach(tools.log);
  tools.log(describe(order, inputs.target));
  return listsOf(order, inputs);
});
