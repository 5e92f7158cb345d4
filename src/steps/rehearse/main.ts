import { connectCluster } from '../wiring/connect.ts';
import { nothing, reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { rehearse } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(rehearse, async (inputs, tools) => {
  const { rehearsal, clock } = connectCluster(inputs, tools);
  await reconcile(
    {
      observe: () => observe(rehearsal),
      decide: (readings, seconds) => decide(readings, inputs, seconds),
      act: nothing,
    },
    clock,
    tools.log,
  );
  return {};
});
