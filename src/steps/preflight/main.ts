import { connectPreflight } from '../wiring/connect.ts';
import { runStep } from '../runtime/run-step.ts';
import { prune } from './act.ts';
import { preflight } from './contract.ts';
import { decide, message, objection, report } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  preflight,
  async (inputs, tools) => {
    const { cluster, remote, scope, ...sources } = connectPreflight(inputs, tools);
    const before = await sources.kured.state();
    const nodes = await cluster.nodes();
    await prune(nodes, remote, { keepDays: inputs.keepBackupsDays, killSwitch: await cluster.killSwitch() }, tools.log);
    const facts = await observe(sources, { nodes, before }, inputs);
    const decision = decide(facts, { ...inputs, alerts: scope });
    report(decision, inputs.target).forEach(tools.log);
    return { preflightVerdict: decision.verdict, preflightMessage: message(decision, inputs.target) };
  },
  objection,
);
