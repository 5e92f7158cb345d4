import { connectChat, connectCluster, connectGauges } from '../harness/connect.ts';
import { restoreQuiesced } from '../harness/quiesce.ts';
import { runStep } from '../harness/run-step.ts';
import { settled } from '../harness/settled.ts';
import { carryOut, giveBack, tellEnd } from './act.ts';
import { finish } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  finish,
  async (inputs, tools) => {
    const { cluster, fenced, leases, runs, me, clock, deployments } = connectCluster(inputs, tools);
    const look = () => observe(cluster, leases, runs, me, inputs);
    const facts = await settled(look, ({ livePods }) => livePods.length === 0, inputs.settleSeconds, clock);
    const heldDeployments = await giveBack(facts, me, deployments, restoreQuiesced, tools.log);
    const ending = decide({ ...facts, heldDeployments }, inputs, me);
    const voices = { gauges: connectGauges(inputs, tools), chat: connectChat(inputs, tools), log: tools.log };
    await tellEnd(facts, ending, voices, inputs, clock.now());
    await carryOut(ending, fenced, leases, inputs.annotationPrefix, clock, me);
    tools.log(`${ending.outcome}: ${ending.message}`);
    return ending;
  },
  ({ contradiction }) => contradiction,
);
