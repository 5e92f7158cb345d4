/**
 * Maximum number of replicas of a Deployment that this project scales. Without it, an attacker who can write the record
 * could request any number.
 */
export const MOST_REPLICAS = 100;

/** `unreadable`: not a number from 1 to {@link MOST_REPLICAS}. This project did not write it, so it is not used. */
export type RecordedReplicas = number | 'unreadable';

/** The value for restored replicas. It takes precedence over the annotation of a release up to 0.1.0. */
export const REPLICAS_RESTORED = '0';

/** Parses the recorded replicas of a Deployment before it was scaled to 0; undefined: it is not scaled down. */
export function parseRecordedReplicas(text: string | undefined): RecordedReplicas | undefined {
  if (text === undefined || text === REPLICAS_RESTORED) return undefined;
  const number = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Infinity;
  return number <= MOST_REPLICAS ? number : 'unreadable';
}
