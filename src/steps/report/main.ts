import { connectChat, connectCluster } from '../wiring/connect.ts';
import { runStep } from '../runtime/run-step.ts';
import { report } from './contract.ts';
import { decide } from './decide.ts';
import { noticeOf } from './notice.ts';
import { observe, READ_SECONDS } from './observe.ts';

void runStep(report, async (inputs, tools) => {
  const connected = connectCluster(inputs, tools, READ_SECONDS);
  const facts = await observe({ ...connected, ...tools }, connected.me, inputs.annotationPrefix);
  const said = decide(facts, inputs);
  tools.log(`${said.outcome}: ${said.message}`);
  await connectChat(inputs, tools).tell(noticeOf(said, inputs));
  return said;
});
