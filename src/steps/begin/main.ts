import { connectAlerts, connectChat, connectCluster, connectGauges } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { announce, markInFlight, rememberStart, showInFlight, startOf, takeLease, wordsOf } from './act.ts';
import { begin } from './contract.ts';
import { decide, type TakeLease } from './decide.ts';
import { observe, type BeginFacts } from './observe.ts';

void runStep(begin, async (inputs, tools) => {
  const { cluster, leases, runs, me, clock, fenced, rehearsal } = connectCluster(inputs, tools);
  const loop = {
    observe: () => observe({ cluster, leases, runs, clock }, me),
    decide: (facts: BeginFacts, elapsedSeconds: number) => decide(facts, me, inputs, elapsedSeconds),
    act: ({ take }: TakeLease) => takeLease(leases, take, me, clock),
  };
  const [writing, prefix] = [{ reads: cluster, writes: fenced, clock, log: tools.log }, inputs.annotationPrefix];
  const words = wordsOf(inputs.target, (target) => [
    () => markInFlight(writing, prefix, me, target),
    () => rememberStart(connectAlerts(inputs, tools), rehearsal, writing, prefix, me),
    () => showInFlight(connectGauges(inputs, tools), clock),
    () => connectChat(inputs, tools).tell(startOf({ ...inputs, target }, me)),
  ]);
  return announce(await reconcile(loop, clock, tools.log), ...words);
});
