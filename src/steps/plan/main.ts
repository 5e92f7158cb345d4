import { connectChat, connectCluster } from '../wiring/connect.ts';
import { sha256 } from '../runtime/digest.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import { runStep } from '../runtime/run-step.ts';
import { questionOf } from './ask.ts';
import { plan } from './contract.ts';
import { decide } from './decide.ts';

void runStep(plan, async (inputs, tools) => {
  const { cluster } = connectCluster(inputs, tools);
  const { nodes, excluded } = await judgedNodes(cluster);
  const planned = decide(nodes, inputs, sha256, excluded);
  tools.log(planned.planMessage);
  const chat = connectChat(inputs, tools);
  await Promise.all(questionOf(planned, inputs).map((notice) => chat.tell(notice)));
  return planned;
});
