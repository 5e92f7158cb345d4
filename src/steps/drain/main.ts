import { assertOwnTarget } from '../guards/own-target.ts';
import { fencedEvictions } from '../guards/fence.ts';
import { notMemoized } from '../guards/rerun.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { podClient, runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { kuredClient } from '../wiring/kured.ts';
import { workBesideKured } from '../wiring/node-work.ts';
import { Drainer } from './act.ts';
import { RecreatedPods } from './recreated-pods.ts';
import { drain } from './contract.ts';
import { decide, type DrainAction } from './decide.ts';
import { ProgressTracker } from './progress.ts';
import { observe, type DrainFacts } from './observe.ts';

void runStep(drain, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { fence, mayBegin, fenced, cluster: nodes, unlessHalted } = fencedCluster(connection);
  await assertOwnTarget(nodes, inputs);
  const clock = await heartbeatClock(connection, inputs, tools);
  await notMemoized(runsClient(connection), connection.me);
  const pods = podClient(connection);
  const cluster = { ...nodes, ...pods };
  const progress = new ProgressTracker(inputs);
  const recreatedPods = new RecreatedPods(inputs);
  const clients = { reads: nodes, writes: { ...fenced, ...fencedEvictions(pods, mayBegin) }, clock, log: tools.log };
  const drainer = new Drainer(clients, inputs.gracePeriodSeconds, progress);
  const loop = {
    observe: () => observe(cluster, inputs, clock, recreatedPods),
    decide: (facts: DrainFacts, seconds: number) => decide(facts, inputs, progress.update(facts, seconds), seconds),
    act: (action: DrainAction) => drainer.act(action),
  };
  const kured = kuredClient(connection, inputs, fence);
  const work = () => reconcile(loop, clock, tools.log);
  return { drained: await workBesideKured(connection, { unlessHalted, kured, clock }, inputs, work) };
});
