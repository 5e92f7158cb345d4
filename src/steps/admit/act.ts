import { formatRunStop, runStopAnnotation } from '../../run/stop.ts';
import { formatKuredLock } from '../../run/kured-lock.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Kured } from '../ports/kured.ts';
import type { RunId } from '../ports/lease.ts';
import type { Admission, HoldKured } from './decide.ts';

/** A write of another client is seen on the next look. */
export async function holdKured({ hold }: HoldKured, kured: Kured, me: RunId, clock: Clock): Promise<void> {
  await kured.writeLock(hold, formatKuredLock(me, clock.now(), hold.concurrency));
}

/** What one node was told holds for those after it: they and the exit handler read it in the marks of the run. */
export async function tellTheRest(
  { verdict, because, alone }: Admission,
  writes: NodeWrites,
  {
    node,
    runUid: run,
    annotationPrefix,
  }: { readonly node: string; readonly runUid: string; readonly annotationPrefix: string },
): Promise<void> {
  if (verdict !== 'pause' && verdict !== 'halt') return;
  const stop = { run, verdict, because, ...(alone === true && { node }) };
  await writes.writeRunMarks({ [runStopAnnotation(annotationPrefix)]: formatRunStop(stop) });
}
