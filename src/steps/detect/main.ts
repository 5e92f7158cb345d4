import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { deploymentsClient } from '../wiring/deployments.ts';
import { fenceOf } from '../wiring/fenced.ts';
import { gaugesClient } from '../wiring/gauges.ts';
import { packagesClient } from '../wiring/packages.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { detect } from './contract.ts';
import { decide } from './decide.ts';
import { writeVersionCheck } from './gauges.ts';
import { observe } from './observe.ts';

void runStep(detect, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { clock } = connection;
  const deployments = deploymentsClient(connection, fenceOf(connection));
  const clients = {
    cluster: clusterClient(connection),
    quiesced: quiescedOf(inputs.quiesce, deployments, tools.log),
    remote: remoteClient(connection, inputs, tools),
    packages: packagesClient(inputs, tools),
    clock,
    log: tools.log,
  };
  const detection = await observe(clients, inputs, (facts) => decide(facts, inputs));
  tools.log(`${detection.verdict}: ${detection.reason}`);
  await writeVersionCheck(detection, inputs, gaugesClient(inputs, tools), clock.now());
  return detection;
});
