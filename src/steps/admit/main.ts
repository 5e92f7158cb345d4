import { holdKured, type HoldLock } from '../guards/kured.ts';
import { assertOwnTarget } from '../guards/own-target.ts';
import { notMemoized } from '../guards/rerun.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { alertsClient, ONE_ATTEMPT } from '../wiring/alerts.ts';
import { runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { kuredClient } from '../wiring/kured.ts';
import { recordStop } from './act.ts';
import { admit } from './contract.ts';
import { decideWatching } from './decide.ts';
import { watch, type WatchedFacts } from './observe.ts';

void runStep(admit, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { cluster, fence, fenced } = fencedCluster(connection);
  const clients = { cluster, runs: runsClient(connection), kured: kuredClient(connection, inputs, fence) };
  await notMemoized(clients.runs, connection.me);
  await fence();
  await assertOwnTarget(cluster, inputs);
  const clock = await heartbeatClock(connection, inputs, tools);
  const source = alertsClient(inputs, tools, ONE_ATTEMPT);
  const loop = {
    observe: () => watch({ ...clients, clock, source }, inputs),
    decide: (facts: WatchedFacts, elapsedSeconds: number) => decideWatching(facts, inputs, elapsedSeconds),
    act: (action: HoldLock) => holdKured(action, clients.kured, connection.me, clock),
  };
  const admission = await reconcile(loop, clock, tools.log);
  await recordStop(admission, fenced, inputs);
  return admission;
});
