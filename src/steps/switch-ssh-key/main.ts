import { connectKeySecret } from '../wiring/connect.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { takeNext } from './act.ts';
import { switchSshKey } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(switchSshKey, async (inputs, tools) => {
  const { secret, clock, fence, mayBegin } = connectKeySecret(inputs, tools);
  await fence();
  const loop = {
    observe: () => observe(secret, inputs),
    decide: (seen: Awaited<ReturnType<typeof observe>>) => decide(seen, inputs),
    act: (seen: Parameters<typeof takeNext>[0]) => takeNext(seen, secret, mayBegin),
  };
  await reconcile(loop, clock, tools.log);
  return {};
});
