import { connectCluster, connectGauges } from '../harness/connect.ts';
import { runStep } from '../harness/run-step.ts';
import { settled } from '../harness/settled.ts';
import { carryOut, showEnd } from './act.ts';
import { finish } from './contract.ts';
import { decide } from './decide.ts';
import { gaugesOf } from './gauges.ts';
import { observe } from './observe.ts';

void runStep(
  finish,
  async (inputs, tools) => {
    const { cluster, fenced, leases, runs, me, clock } = connectCluster(inputs, tools);
    const look = () => observe(cluster, leases, runs, me, inputs);
    const facts = await settled(look, ({ livePods }) => livePods.length === 0, inputs.settleSeconds, clock);
    const ending = decide(facts, inputs, me);
    const gauges = gaugesOf(facts, ending.outcome, clock.now());
    await showEnd(gauges, connectGauges(inputs, tools), tools.log);
    await carryOut(ending, fenced, leases, inputs.annotationPrefix, clock, me);
    tools.log(`${ending.outcome}: ${ending.message}`);
    return ending;
  },
  ({ contradiction }) => contradiction,
);
