import { assertOwnTarget } from '../guards/own-target.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { alertsClient, ONE_ATTEMPT } from '../wiring/alerts.ts';
import { podsOnNodes } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { carryOut } from './act.ts';
import { verifyNode } from './contract.ts';
import { healthProblems, decide, type VerifyAction } from './decide.ts';
import { NodeWatch, type VerifyFacts } from './observe.ts';

void runStep(verifyNode, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { cluster: nodes, fenced } = fencedCluster(connection);
  const cluster = { ...nodes, ...podsOnNodes(connection) };
  await assertOwnTarget(cluster, inputs);
  const clock = await heartbeatClock(connection, inputs, tools);
  const watch = new NodeWatch(cluster, clock, inputs, alertsClient(inputs, tools, ONE_ATTEMPT));
  const clients = { reads: cluster, writes: fenced, clock };
  const loop = {
    observe: () => watch.observe(inputs.node, (facts) => healthProblems(facts, inputs.target)),
    decide: (facts: VerifyFacts, elapsed: number) => decide(facts, inputs, elapsed),
    act: (action: VerifyAction) => carryOut(action, inputs, clients),
  };
  await reconcile(loop, clock, tools.log);
  return {};
});
