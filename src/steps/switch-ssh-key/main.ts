import { connectKeySecret } from '../harness/connect.ts';
import { reconcile } from '../harness/reconcile.ts';
import { runStep } from '../harness/run-step.ts';
import type { SeenKey } from '../ports/key-secret.ts';
import { takeNext } from './act.ts';
import { switchSshKey } from './contract.ts';
import { decide } from './decide.ts';

void runStep(switchSshKey, async (inputs, tools) => {
  const { secret, clock, fence, mayBegin } = connectKeySecret(inputs, tools);
  await fence();
  const loop = {
    observe: () => secret.read(),
    decide: (seen: SeenKey) => decide(seen, inputs),
    act: (seen: SeenKey) => takeNext(seen, secret, mayBegin),
  };
  await reconcile(loop, clock, tools.log);
  return {};
});
