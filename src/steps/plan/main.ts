import { sha256 } from '../runtime/digest.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { chatClient } from '../wiring/chat.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { plan } from './contract.ts';
import { decide, noticeOf } from './decide.ts';

void runStep(plan, async (inputs, tools) => {
  const { nodes, excluded } = await judgedNodes(clusterClient(connect(inputs, tools)));
  const planned = decide(nodes, inputs, sha256, excluded);
  tools.log(planned.planMessage);
  const notice = noticeOf(planned, inputs);
  if (notice !== undefined) await chatClient(inputs, tools).tell(notice);
  return planned;
});
