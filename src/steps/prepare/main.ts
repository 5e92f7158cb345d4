import { connectHeart, connectNodes } from '../wiring/connect.ts';
import { runStep } from '../runtime/run-step.ts';
import { prepareNodes } from './act.ts';
import { prepare } from './contract.ts';
import { observe } from './observe.ts';

void runStep(prepare, async (inputs, tools) => {
  const connected = connectNodes(inputs, tools);
  const { cluster, compatibility, fencedRemote } = connected;
  const clock = await connectHeart(inputs, tools, connected);
  const facts = await observe(cluster, compatibility, inputs);
  await prepareNodes(facts, inputs, { remote: fencedRemote, clock, log: tools.log });
  return {};
});
