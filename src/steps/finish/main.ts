import { connectBesideKured, connectVoices } from '../wiring/connect.ts';
import { quiescedOf } from '../guards/quiesce.ts';
import { runStep } from '../runtime/run-step.ts';
import { settled } from '../runtime/settled.ts';
import { carryOut, giveBack, tellEnd } from './act.ts';
import { finish } from './contract.ts';
import { decide } from './decide.ts';
import { isSettled, observe, READ_SECONDS } from './observe.ts';

void runStep(
  finish,
  async (inputs, tools) => {
    const connected = connectBesideKured(inputs, tools, READ_SECONDS);
    const { me, clock, deployments } = connected;
    const world = { ...connected, ...tools, writes: connected.fenced };
    const facts = await settled(() => observe(world, me, inputs), isSettled(inputs), inputs.settleSeconds, clock);
    const given = await giveBack(facts, me, quiescedOf(inputs.quiesce, deployments, tools.log), tools.log);
    const ending = decide({ ...facts, ...given }, inputs, me);
    await tellEnd(facts, ending, connectVoices(inputs, tools), inputs, clock.now());
    await carryOut(ending, world, inputs.annotationPrefix, me);
    tools.log(`${ending.outcome}: ${ending.message}`);
    return ending;
  },
  ({ contradiction }) => contradiction,
);
