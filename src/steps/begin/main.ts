import { connectAlerts, connectChat, connectCluster, connectGauges } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { announce, markInFlight, rememberStart, showInFlight, startOf, takeLease } from './act.ts';
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
  const beginning = await reconcile(loop, clock, tools.log);
  const mark = () =>
    markInFlight({ reads: cluster, writes: fenced, clock }, inputs.annotationPrefix, me, inputs.target);
  const show = () => showInFlight(connectGauges(inputs, tools), clock);
  const writing = { reads: cluster, writes: fenced, log: tools.log };
  const remember = () => rememberStart(connectAlerts(inputs, tools), rehearsal, writing, inputs.annotationPrefix, me);
  const tell = () => connectChat(inputs, tools).tell(startOf(inputs, me));
  await announce(beginning, mark, remember, show, tell);
  return beginning;
});
