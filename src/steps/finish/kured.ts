import { formatMinute, kuredLockState, type KuredLockState } from '../../run/kured-lock.ts';
import type { RunId } from '../ports/lease.ts';
import type { FinishFacts } from './observe.ts';

/** undefined where there is no kured, or where it cannot be seen. */
export const standOfKured = ({ kured, nowMs }: FinishFacts, me: RunId): KuredLockState | undefined =>
  kured === undefined || nowMs === undefined ? undefined : kuredLockState(kured.lock, me, nowMs, kured);

/** As with the Lease: what is half done is no time for a reboot, and `argo retry` goes on under it. */
export function lockKept(facts: FinishFacts, me: RunId): string[] {
  const stand = standOfKured(facts, me);
  if (stand?.kind !== 'ours') return [];
  return [`kured rolls no node meanwhile: this run keeps its lock until ${formatMinute(stand.untilMs)}.`];
}
