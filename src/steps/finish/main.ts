import { connectBesideKured, connectVoices } from '../harness/connect.ts';
import { quiescedOf } from '../harness/quiesce.ts';
import { runStep } from '../harness/run-step.ts';
import { settled } from '../harness/settled.ts';
import { carryOut, giveBack, tellEnd } from './act.ts';
import { finish } from './contract.ts';
import { decide } from './decide.ts';
import { isSettled, observe } from './observe.ts';

void runStep(
  finish,
  async (inputs, tools) => {
    const connected = connectBesideKured(inputs, tools);
    const { me, clock, deployments } = connected;
    const world = { ...connected, log: tools.log, writes: connected.fenced };
    const facts = await settled(() => observe(world, me, inputs), isSettled, inputs.settleSeconds, clock);
    const held = await giveBack(facts, me, quiescedOf(inputs.quiesce, deployments, tools.log), tools.log);
    const ending = decide({ ...facts, ...held }, inputs, me);
    await tellEnd(facts, ending, connectVoices(inputs, tools), inputs, clock.now());
    await carryOut(ending, world, inputs.annotationPrefix, me);
    tools.log(`${ending.outcome}: ${ending.message}`);
    return ending;
  },
  ({ contradiction }) => contradiction,
);
