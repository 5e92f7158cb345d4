import { fencedRemote } from '../guards/fence.ts';
import { assertOwnTarget } from '../guards/own-target.ts';
import { quiesce } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { readinessClient, restoreHookClient, startedPodsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { deploymentsClient } from '../wiring/deployments.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { kuredClient } from '../wiring/kured.ts';
import { thenRestoreDeployments, workBesideKured } from '../wiring/node-work.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { successMessage, upgrade } from './act.ts';
import { upgradeNode } from './contract.ts';
import { NodeObserver } from './observe.ts';

void runStep(
  upgradeNode,
  async (inputs, tools) => {
    const connection = connect(inputs, tools);
    const { cluster, fence, unlessHalted, ...changes } = fencedCluster(connection);
    await assertOwnTarget(cluster, inputs);
    const clock = await heartbeatClock(connection, inputs, tools);
    const remote = remoteClient(connection, inputs, tools);
    const clients = {
      cluster: { ...cluster, ...readinessClient(connection) },
      compatibility: startedPodsClient(connection),
      restoreHook: restoreHookClient(connection),
      remote,
      fencedRemote: fencedRemote(remote, fence),
      ...changes,
      quiesce: () => quiesce(inputs.quiesce, deploymentsClient(connection, fence), tools.log),
      clock,
      log: tools.log,
    };
    const observer = new NodeObserver(clients, inputs, tools.log);
    tools.describeOnStop(() => observer.activeJob());
    const kured = kuredClient(connection, inputs, fence);
    let warnings: readonly string[] = [];
    await workBesideKured(connection, { unlessHalted, kured, clock }, inputs, async () => {
      warnings = await thenRestoreDeployments(() => upgrade(observer, clients, inputs), inputs, tools);
    });
    return { warnings };
  },
  { success: ({ warnings }) => successMessage(warnings) },
);
