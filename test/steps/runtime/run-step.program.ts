/** A step that ends as `HOW` says; run-step.test.ts runs it as a program of its own. */
import { setTimeout as wait } from 'node:timers/promises';
import { kubeVersion, text } from '../../../src/contract/param.ts';
import { defineStep } from '../../../src/contract/step-contract.ts';
import { runStep } from '../../../src/steps/runtime/run-step.ts';
import { badInput, refused, tryAgain } from '../../../src/steps/runtime/step-error.ts';

/** What the world says, in every message and in the output `who`. */
const say = process.env['SAY'] ?? '';

const about = { doc: 'd', example: 'e' };
const contract = defineStep({
  name: 'tiny',
  summary: 'Ends.',
  inputs: { how: text(about), target: kubeVersion(about) },
  outputs: { who: text(about), echo: kubeVersion(about) },
  access: [],
  ssh: false,
  deadline: { seconds: 1 },
});

void runStep(
  contract,
  async ({ how, target, runName }, { log, signal, describeOnStop }) => {
    log(`ending: ${how}`);
    switch (how) {
      case 'bad input':
        throw badInput(`No such thing.${say}`);
      case 'try again':
        throw tryAgain(`The server is away.${say}`);
      case 'refuse':
        throw refused(`Not on my watch.${say}`);
      case 'bug':
        throw new TypeError(`x is not a function${say}`);
      case 'no error':
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- the test needs a thrown text
        throw `a text${say}`;
      case 'half an output':
        return { who: runName, echo: undefined as unknown as typeof target, objection: undefined };
      case 'wait for ever':
        await wait(60_000);
        break;
      case 'wait and say':
        describeOnStop(() => `A unit goes on on w1.${say}`);
        await wait(60_000, undefined, { signal });
        break;
      case 'wait until told':
        await wait(60_000, undefined, { signal });
        break;
      case 'ends well when told':
        await wait(60_000, undefined, { signal }).catch(() => undefined);
        break;
    }
    return {
      echo: target,
      who: `${runName}${say}`,
      objection: how === 'object' ? `Done, but not well.${say}` : undefined,
    };
  },
  {
    refusal: ({ objection }) => objection,
    success: ({ who }) => (who.startsWith('noteworthy') ? `done, but look at w1.${say}` : undefined),
  },
);
