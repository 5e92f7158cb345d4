import { fencedRemote } from '../guards/fence.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { connect } from '../wiring/connection.ts';
import { deploymentsClient } from '../wiring/deployments.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { gaugesClient } from '../wiring/gauges.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { carryOut } from './act.ts';
import { reset } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(reset, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { cluster, fence, fenced } = fencedCluster(connection);
  const remote = remoteClient(connection, inputs, tools);
  await fence();
  const quiesced = quiescedOf(inputs.quiesce, deploymentsClient(connection, fence), tools.log);
  const facts = await observe({ cluster, quiesced, remote }, inputs.annotationPrefix);
  const plan = permitted(decide(facts, inputs));
  const writers = {
    reads: cluster,
    writes: fenced,
    remote: fencedRemote(remote, fence),
    quiesced,
    gauges: gaugesClient(inputs, tools),
    clock: connection.clock,
  };
  const result = await carryOut(plan, writers, inputs.annotationPrefix);
  tools.log(result);
  return { result };
});
