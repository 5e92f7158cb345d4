import type { Decision } from '../../upgrade/decision.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { refused } from './step-error.ts';

export interface Loop<F, A, R> {
  readonly observe: () => Promise<F>;
  /** `elapsedSeconds`: since the loop began, so that patience is a decision too. */
  readonly decide: (facts: F, elapsedSeconds: number) => Decision<A, R>;
  readonly act: (action: A) => Promise<void>;
}

/**
 * See, think, do, until there is nothing left to do. A sentence is logged when it changes, not each time it is thought.
 * Throws `Refused` for a refusal, and whatever observing or acting throws.
 */
export async function reconcile<F, A, R>(loop: Loop<F, A, R>, clock: Clock, log: Log): Promise<R> {
  const began = clock.now();
  let said = '';
  for (;;) {
    const decision = loop.decide(await loop.observe(), Math.floor((clock.now() - began) / 1000));
    if (decision.kind === 'refuse') throw refused(decision.because);
    if (decision.because !== said) log((said = decision.because));
    if (decision.kind === 'done') return decision.value;
    if (decision.kind === 'act') await loop.act(decision.action);
    else await clock.sleep(decision.seconds);
  }
}

/** For a loop that only waits. */
export const nothing = (): Promise<void> => Promise.resolve();

/** See, think, and do at most once: for work that is not known by looking at the cluster a moment later. */
export async function reconcileOnce<F, A>(
  loop: {
    readonly observe: () => Promise<F>;
    readonly decide: (facts: F) => Decision<A>;
    readonly act: (action: A) => Promise<void>;
  },
  log: Log,
): Promise<void> {
  const decision = loop.decide(await loop.observe());
  if (decision.kind === 'refuse') throw refused(decision.because);
  log(decision.because);
  if (decision.kind === 'act') await loop.act(decision.action);
}
