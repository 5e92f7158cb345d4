import { everyNode } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { unlessObjected } from '../runtime/step-error.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { fingerprint, mountedKeys, remoteClient } from '../wiring/ssh.ts';
import { proveSshKey } from './contract.ts';
import { decide } from './decide.ts';
import { logInEverywhere } from './observe.ts';

void runStep(proveSshKey, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  unlessObjected(decide(mountedKeys()[inputs.which], inputs, fingerprint));
  const nodes = await everyNode(clusterClient(connection), tools.log);
  await logInEverywhere(nodes, remoteClient(connection, inputs, tools, inputs.which), tools.log);
  return {};
});
