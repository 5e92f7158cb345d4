import { connectCompatibility } from '../wiring/connect.ts';
import { failSafe } from '../runtime/fail-safe.ts';
import { runStep } from '../runtime/run-step.ts';
import { gate } from './contract.ts';
import { brokenGate, decide } from './decide.ts';
import { codes, message, report } from './message.ts';
import { observe } from './observe.ts';

void runStep(gate, async (inputs, tools) => {
  const { target, addons, untestedAddons, untestedRuntime } = inputs;
  const wish = { target, addons, untested: { addons: untestedAddons, runtime: untestedRuntime } };
  const judge = async () => decide(await observe(connectCompatibility(inputs, tools), target), wish);
  const decision = await failSafe(judge, brokenGate, tools);
  report(decision, target).forEach(tools.log);
  return { gateVerdict: decision.verdict, gateMessage: message(decision, target), gateCodes: codes(decision) };
});
