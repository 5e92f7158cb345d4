import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { formatKuredLock, mustWriteLock, kuredLockState } from '../../run/kured-lock.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import { reconcile } from '../runtime/reconcile.ts';

const POLL_SECONDS = 15;

interface Seen {
  readonly kured: KuredState | undefined;
  readonly nowMs: number;
}

/**
 * Holds the lock of kured before a node is worked on: `argo retry` begins with the step that failed, however long ago the
 * run began, and Argo does not run `admit` again. Throws `Refused` when kured still rolls a node after `kuredWaitSeconds`.
 */
export function besideKured(
  { kured, clock, me, log }: { readonly kured: Kured; readonly clock: Clock; readonly me: RunId; readonly log: Log },
  wish: { readonly node: string; readonly kuredWaitSeconds: number },
): Promise<void> {
  const loop = {
    observe: async (): Promise<Seen> => ({ kured: await kured.state(), nowMs: clock.now() }),
    decide: (seen: Seen, elapsedSeconds: number) => decide(seen, me, wish, elapsedSeconds),
    act: async (seen: KuredState): Promise<void> => {
      await kured.writeLock(seen, formatKuredLock(me, clock.now(), seen.concurrency));
    },
  };
  return reconcile(loop, clock, log);
}

function decide(
  { kured, nowMs }: Seen,
  me: RunId,
  { node, kuredWaitSeconds: limit }: { readonly node: string; readonly kuredWaitSeconds: number },
  elapsedSeconds: number,
): Decision<KuredState> {
  if (kured === undefined) return done('There is no kured to keep clear of.');
  const stand = kuredLockState(kured.lock, me, nowMs, kured);
  if (stand.kind === 'rolling') {
    if (elapsedSeconds < limit) return wait(POLL_SECONDS, `${node} waits for up to ${limit} s: ${stand.because}`);
    return refuse(`${node} was left as it is: waited ${elapsedSeconds} s, and ${stand.because}`);
  }
  return mustWriteLock(stand, nowMs)
    ? act(kured, 'Holding the lock of kured, so that it rolls no node.')
    : done('The lock of kured is held by this run.');
}
