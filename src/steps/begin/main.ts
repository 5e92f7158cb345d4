import { connectAlerts, connectChat, connectCluster, connectGauges } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { announce, markInFlight, rememberStart, showInFlight, startOf, take } from './act.ts';
import { begin } from './contract.ts';
import { decide, type BeginAction } from './decide.ts';
import { observe, type BeginFacts } from './observe.ts';

void runStep(begin, async (inputs, tools) => {
  const connected = connectCluster(inputs, tools);
  const { cluster, clock, me, fenced, rehearsal } = connected;
  const world = { ...connected, kured: connected.kuredBy(inputs) };
  const loop = {
    observe: () => observe(world, me),
    decide: (facts: BeginFacts, elapsedSeconds: number) => decide(facts, me, inputs, elapsedSeconds),
    act: (action: BeginAction) => take(action, world, me),
  };
  const beginning = await reconcile(loop, clock, tools.log);
  const where = [{ reads: cluster, writes: fenced, clock, log: tools.log }, inputs.annotationPrefix, me] as const;
  const mark = () => markInFlight(...where, inputs.target);
  const remember = () => rememberStart(connectAlerts(inputs, tools), rehearsal, ...where);
  const show = () => showInFlight(connectGauges(inputs, tools), clock);
  await announce(beginning, mark, remember, show, () => connectChat(inputs, tools).tell(startOf(inputs, me)));
  return beginning;
});
