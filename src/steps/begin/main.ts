import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { alertsClient } from '../wiring/alerts.ts';
import { chatClient } from '../wiring/chat.ts';
import { rehearsalClient, runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster, leaseClient } from '../wiring/fenced.ts';
import { gaugesClient } from '../wiring/gauges.ts';
import { kuredClient } from '../wiring/kured.ts';
import { announce, leftBehindBy, take, targetToAnnounce } from './act.ts';
import { begin } from './contract.ts';
import { decide, type BeginAction } from './decide.ts';
import { observe, type BeginFacts } from './observe.ts';

void runStep(begin, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { me, clock } = connection;
  const { cluster, fence, fenced } = fencedCluster(connection);
  const leases = leaseClient(connection);
  const kured = kuredClient(connection, inputs, fence);
  const clients = { cluster, fenced, leases, runs: runsClient(connection), kured, clock, log: tools.log };
  const loop = {
    observe: () => observe(clients, me),
    decide: (facts: BeginFacts, elapsedSeconds: number) => decide(facts, me, inputs, elapsedSeconds),
    act: (action: BeginAction) => take(action, clients, me),
  };
  const leftBehind = await leftBehindBy(clients, inputs.annotationPrefix, me);
  const result = await reconcile(loop, clock, tools.log);
  const target = targetToAnnounce(result, inputs.target);
  if (target !== undefined) {
    const notifiers = { gauges: gaugesClient(inputs, tools), chat: chatClient(inputs, tools) };
    const sources = { rehearsal: rehearsalClient(connection), alertSource: alertsClient(inputs, tools) };
    await announce({ ...clients, ...sources, ...notifiers }, { ...inputs, me, target, leftBehind });
  }
  return result;
});
