import { formatKuredLock, waitForKured, type HoldKured } from '../../run/kured-lock.ts';
import { refuse } from '../../upgrade/decision.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import { reconcile } from '../runtime/reconcile.ts';
import type { Fence } from './fence.ts';

export const fencedKured = (kured: Kured, fence: Fence): Kured => ({
  state: () => kured.state(),
  installed: () => kured.installed(),
  writeLock: async (seen, lock) => {
    await fence();
    return kured.writeLock(seen, lock);
  },
});

/** For settings without kured, or with `kured.mode: off`. */
export const NO_KURED: Kured = {
  state: async () => undefined,
  installed: async () => [],
  writeLock: async () => 'gone',
};

export type HoldLock = HoldKured<KuredState>;

/** Writes the lock of kured for this run. When another client wrote it first, the next look shows what it wrote. */
export const holdKured = async ({ hold }: HoldLock, kured: Kured, me: RunId, clock: Clock): Promise<void> => {
  await kured.writeLock(hold, formatKuredLock(me, clock.now(), hold.concurrency));
};

/**
 * Holds the lock of kured before a node is worked on: `argo retry` begins with the step that failed, however long ago the
 * run began, and Argo does not run `admit` again. Throws `Refused` when kured still rolls a node after `kuredWaitSeconds`.
 */
export async function besideKured(
  { kured, clock, me, log }: { readonly kured: Kured; readonly clock: Clock; readonly me: RunId; readonly log: Log },
  { node, kuredWaitSeconds }: { readonly node: string; readonly kuredWaitSeconds: number },
): Promise<void> {
  const loop = {
    observe: () => kured.state(),
    decide: (seen: KuredState | undefined, elapsedSeconds: number) => {
      const input = { uid: me.uid, node, nowMs: clock.now(), elapsedSeconds, kuredWaitSeconds };
      const decision = waitForKured(seen, input);
      return decision.kind === 'done' && decision.value !== undefined ? refuse(decision.value) : decision;
    },
    act: (action: HoldLock) => holdKured(action, kured, me, clock),
  };
  await reconcile(loop, clock, log);
}
