import type { Clock } from '../ports/clock.ts';

const POLL_SECONDS = 2;

/** Reads facts until they have settled or `patienceSeconds` have passed. Returns the last facts. */
export async function pollUntil<F>(
  look: () => Promise<F>,
  isSettled: (facts: F) => boolean,
  patienceSeconds: number,
  clock: Clock,
): Promise<F> {
  const until = clock.now() + patienceSeconds * 1000;
  let facts = await look();
  while (!isSettled(facts) && clock.now() < until) {
    await clock.sleep(POLL_SECONDS);
    facts = await look();
  }
  return facts;
}
