import type { Clock } from '../ports/clock.ts';

const POLL_SECONDS = 2;

/** Looks until what is seen has settled, or patience is over; returns what was seen last. */
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
