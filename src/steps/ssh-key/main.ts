import { fencedRemote } from '../guards/fence.ts';
import { everyNode } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { permitted } from '../runtime/step-error.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { keyProbe, mountedKeys, remoteClient } from '../wiring/ssh.ts';
import { changeKeys } from './act.ts';
import { sshKey } from './contract.ts';
import { decide } from './decide.ts';
import { hostsOf } from './observe.ts';

void runStep(sshKey, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { cluster, fence, mayBegin } = fencedCluster(connection);
  await fence();
  const rotation = permitted(decide(inputs, mountedKeys()));
  const remote = remoteClient(connection, inputs, tools);
  const clients = {
    remote,
    fencedRemote: fencedRemote(remote, fence),
    probe: () => keyProbe(connection, inputs, tools),
    mayBegin,
    log: tools.log,
  };
  await changeKeys(hostsOf(await everyNode(cluster, tools.log)), rotation, inputs, clients);
  return rotation;
});
