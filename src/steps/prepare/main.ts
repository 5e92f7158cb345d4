import { fencedRemote } from '../guards/fence.ts';
import { runStep } from '../runtime/run-step.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { compatibilityClient } from '../wiring/compatibility.ts';
import { connect } from '../wiring/connection.ts';
import { fenceOf } from '../wiring/fenced.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { prepareNodes } from './act.ts';
import { prepare } from './contract.ts';
import { observe } from './observe.ts';

void runStep(prepare, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const remote = fencedRemote(remoteClient(connection, inputs, tools), fenceOf(connection));
  const clock = await heartbeatClock(connection, inputs, tools);
  const facts = await observe(clusterClient(connection), compatibilityClient(connection), inputs);
  await prepareNodes(facts, inputs, { remote, clock, log: tools.log });
  return {};
});
