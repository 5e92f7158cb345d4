import { connectChat, connectCluster } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { report } from './contract.ts';
import { decide } from './decide.ts';
import { noticeOf } from './notice.ts';
import { observe } from './observe.ts';

/** What does not answer is told as that; it must not keep the report from being there in the morning. */
const PATIENCE_SECONDS = 120;

void runStep(report, async (inputs, tools) => {
  const said = decide(await observe(connectCluster(inputs, tools, PATIENCE_SECONDS), inputs.annotationPrefix), inputs);
  tools.log(`${said.outcome}: ${said.message}`);
  await connectChat(inputs, tools).tell(noticeOf(said, inputs));
  return said;
});
