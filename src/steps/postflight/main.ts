import { nothing, reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { alertsClient, ONE_ATTEMPT } from '../wiring/alerts.ts';
import { apiServersClient, clusterClient, namesClient, rehearsalClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { heartbeatClock } from '../wiring/gauges.ts';
import { postflight } from './contract.ts';
import { decide } from './decide.ts';
import { observe, type PostflightFacts } from './observe.ts';

void runStep(postflight, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const sources = {
    cluster: clusterClient(connection),
    rehearsal: rehearsalClient(connection),
    apiServers: apiServersClient(connection),
    names: namesClient(),
  };
  const clock = await heartbeatClock(connection, inputs, tools);
  const source = alertsClient(inputs, tools, ONE_ATTEMPT);
  const loop = {
    observe: () => observe(sources, source, inputs),
    decide: (facts: PostflightFacts, elapsedSeconds: number) => decide(facts, inputs, elapsedSeconds),
    act: nothing,
  };
  return reconcile(loop, clock, tools.log);
});
