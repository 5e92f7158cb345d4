import { restoreDeployments } from '../exit-handler/act.ts';
import { isSettled } from '../exit-handler/facts.ts';
import { READ_SECONDS } from '../exit-handler/observe.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { pollUntil } from '../runtime/poll-until.ts';
import { chatClient } from '../wiring/chat.ts';
import { clusterClient, runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { deploymentsClient } from '../wiring/deployments.ts';
import { fenceOf, leaseClient } from '../wiring/fenced.ts';
import { kuredClient } from '../wiring/kured.ts';
import { end } from './act.ts';
import { finishOperation } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  finishOperation,
  async (inputs, tools) => {
    const connection = connect(inputs, tools, READ_SECONDS);
    const { me, clock } = connection;
    const [cluster, fence] = [clusterClient(connection), fenceOf(connection)];
    const [leases, runs] = [leaseClient(connection), runsClient(connection)];
    const clients = { cluster, leases, runs, kured: kuredClient(connection, inputs, fence), clock, ...tools };
    const facts = await pollUntil(() => observe(clients, me, inputs), isSettled(inputs), inputs.settleSeconds, clock);
    const quiesced = quiescedOf(inputs.quiesce, deploymentsClient(connection, fence), tools.log);
    const restored = await restoreDeployments(facts, me, { quiesced, log: tools.log });
    const result = decide({ ...facts, ...restored }, inputs, me);
    await end(result, { ...clients, chat: chatClient(inputs, tools) }, inputs, me);
    tools.log(`${result.outcome}: ${result.message}`);
    return result;
  },
  { refusal: ({ contradiction }) => contradiction },
);
