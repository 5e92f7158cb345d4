import { runStep } from '../runtime/run-step.ts';
import { chatClient } from '../wiring/chat.ts';
import { clusterClient, historyClient, runsClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { report } from './contract.ts';
import { decide, noticeOf } from './decide.ts';
import { observe, READ_SECONDS } from './observe.ts';

void runStep(report, async (inputs, tools) => {
  const connection = connect(inputs, tools, READ_SECONDS);
  const clients = {
    cluster: clusterClient(connection),
    history: historyClient(connection),
    runs: runsClient(connection),
    clock: connection.clock,
    signal: tools.signal,
  };
  const facts = await observe(clients, connection.me, inputs.annotationPrefix);
  const result = decide(facts, inputs);
  tools.log(`${result.outcome}: ${result.message}`);
  await chatClient(inputs, tools).tell(noticeOf(result, inputs));
  return result;
});
