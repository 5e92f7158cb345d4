import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { connect } from '../wiring/connection.ts';
import { fencedCluster } from '../wiring/fenced.ts';
import { keySecretClient } from '../wiring/key-secret.ts';
import { takeNext } from './act.ts';
import { switchSshKey } from './contract.ts';
import { decide } from './decide.ts';
import { observe, type SeenKey } from './observe.ts';

void runStep(switchSshKey, async (inputs, tools) => {
  const connection = connect(inputs, tools);
  const { fence, mayBegin } = fencedCluster(connection);
  const secret = keySecretClient(connection, inputs.secretName);
  await fence();
  const loop = {
    observe: () => observe(secret, inputs),
    decide: (seen: SeenKey | undefined) => decide(seen, inputs),
    act: (seen: SeenKey) => takeNext(seen, secret, mayBegin),
  };
  await reconcile(loop, connection.clock, tools.log);
  return {};
});
