import { setTimeout as wait } from 'node:timers/promises';
import { quoted } from '../../text/bounded.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { describe } from './retry.ts';

const MOST_CHARACTERS = 500;

/**
 * Returns the answer, or the reason why there is none after at most `seconds`. Never throws, for a step that must end
 * whatever state the cluster is in.
 */
export async function readingWithin<T>(seconds: number, ask: () => Promise<T>): Promise<Reading<T>> {
  const answered = new AbortController();
  const { signal } = answered;
  const tooLong = wait(seconds * 1000, notKnown(`no answer within ${seconds} s`), { signal });
  try {
    return await Promise.race([answerOf(ask), tooLong]);
  } finally {
    answered.abort();
    tooLong.catch(() => undefined);
  }
}

async function answerOf<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await ask());
  } catch (error) {
    return notKnown(quoted(describe(error), MOST_CHARACTERS));
  }
}
