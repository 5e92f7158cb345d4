import type { Decision } from '../../upgrade/decision.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { refused } from './step-error.ts';

export interface Loop<F, A, R> {
  readonly observe: () => Promise<F>;
  /** `elapsedSeconds`: since the loop began, for decisions that wait only for a time. */
  readonly decide: (facts: F, elapsedSeconds: number) => Decision<A, R>;
  readonly act: (action: A) => Promise<void>;
}

/**
 * Runs observe, decide and act until the decision is `done`. Logs the reason of a decision when it changes.
 * Throws `Refused` for a refusal, and passes on what observe or act throws.
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

/** Runs observe and decide once, and act at most once: for work whose result the cluster does not show. */
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
