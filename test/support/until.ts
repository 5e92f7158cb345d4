import { setTimeout as wait } from 'node:timers/promises';

/** Seconds. A machine that is busy needs a part of it; it only ends a test that fails. */
const LIMIT = 120;

/** Waits until another process has done something. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let milliseconds = 0; !isSo(); milliseconds += 10) {
    if (milliseconds > LIMIT * 1000) throw new Error(`not within ${LIMIT} s: ${what}`);
    await wait(10);
  }
}
