import { connectFolder } from '../wiring/snapshot-folder.ts';
import { reconcileOnce } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { carryOut } from './act.ts';
import { keepSnapshot } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(keepSnapshot, async (inputs, { log, signal }) => {
  const { folder, clock } = connectFolder(inputs.folder, signal);
  await reconcileOnce(
    {
      observe: () => observe(folder, clock),
      decide: (facts) => decide(facts, inputs),
      act: (change) => carryOut(change, folder, log),
    },
    log,
  );
  return {};
});
