import { connectCluster, connectGauges } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import { markInFlight, showInFlight, takeLease } from './act.ts';
import { begin } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(begin, async (inputs, tools) => {
  const { leases, runs, me, clock, fenced } = connectCluster(inputs, tools);
  await reconcile(
    {
      observe: () => observe(leases, runs, me),
      decide: (facts, elapsedSeconds) => decide(facts, me, inputs.handoverSeconds, elapsedSeconds),
      act: ({ take }) => takeLease(leases, take, me, clock),
    },
    clock,
    tools.log,
  );
  await markInFlight(fenced, inputs.annotationPrefix, me, inputs.target);
  await showInFlight(connectGauges(inputs, tools), clock);
  return {};
});
