import { nothing, reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { rehearsalClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { rehearse } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(rehearse, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const rehearsal = rehearsalClient(connection);
  await reconcile(
    {
      observe: () => observe(rehearsal),
      decide: (readings, seconds) => decide(readings, inputs, seconds),
      act: nothing,
    },
    connection.clock,
    tools.log,
  );
  return {};
});
