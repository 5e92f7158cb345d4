/** A Deployment with more is never scaled: whoever writes the record could otherwise ask for any number. */
export const MOST_REPLICAS = 100;

/** `unreadable`: no number from 1 to {@link MOST_REPLICAS}. Somebody else wrote it, so it is not used. */
export type HeldReplicas = number | 'unreadable';

/** Holds no more, whatever the annotation of a release up to 0.1.0 says. */
export const GIVEN_BACK = '0';

/** Replicas before a Deployment was scaled to 0, as they are recorded; undefined: it is not held. */
export function parseHeldReplicas(text: string | undefined): HeldReplicas | undefined {
  if (text === undefined || text === GIVEN_BACK) return undefined;
  const number = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Infinity;
  return number <= MOST_REPLICAS ? number : 'unreadable';
}
