import { restoreDeployments } from '../exit-handler/act.ts';
import { isSettled } from '../exit-handler/facts.ts';
import { READ_SECONDS } from '../exit-handler/observe.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { pollUntil } from '../runtime/poll-until.ts';
import { chatClient } from '../wiring/chat.ts';
import { runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { deploymentsClient } from '../wiring/deployments.ts';
import { fencedCluster, leaseClient } from '../wiring/fenced.ts';
import { gaugesClient } from '../wiring/gauges.ts';
import { kuredClient } from '../wiring/kured.ts';
import { cleanUp, notify } from './act.ts';
import { finish } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  finish,
  async (inputs, tools) => {
    const connection = connect(inputs, tools, READ_SECONDS);
    const { me, clock } = connection;
    const { cluster, fence, fenced: writes } = fencedCluster(connection);
    const leases = leaseClient(connection);
    const kured = kuredClient(connection, inputs, fence);
    const clients = { cluster, writes, leases, runs: runsClient(connection), kured, clock, ...tools };
    const facts = await pollUntil(() => observe(clients, me, inputs), isSettled(inputs), inputs.settleSeconds, clock);
    const quiesced = quiescedOf(inputs.quiesce, deploymentsClient(connection, fence), tools.log);
    const restored = await restoreDeployments(facts, me, { quiesced, log: tools.log });
    const result = decide({ ...facts, ...restored }, inputs, me);
    const notifiers = { gauges: gaugesClient(inputs, tools), chat: chatClient(inputs, tools), log: tools.log };
    await notify(facts, result, notifiers, inputs, clock.now());
    await cleanUp(result, clients, inputs.annotationPrefix, me);
    tools.log(`${result.outcome}: ${result.message}`);
    return result;
  },
  { refusal: ({ contradiction }) => contradiction },
);
