/** `missing`: it is not as it must be. `unknown`: it could not be seen. `later`, `not-looked-at`: said, and no failure. */
export type Health = 'well' | 'missing' | 'unknown' | 'later' | 'not-looked-at';

/** One line of a checkup. */
export interface Line {
  readonly health: Health;
  readonly check: string;
  readonly found: string;
  /** Whole sentences; empty when it is well. */
  readonly remedy: string;
}

export const well = (check: string, found: string): Line => ({ health: 'well', check, found, remedy: '' });
export const missing = (check: string, found: string, remedy: string): Line => ({
  health: 'missing',
  check,
  found,
  remedy,
});
export const unseen = (check: string, reason: string): Line => ({
  health: 'unknown',
  check,
  found: `no answer: ${reason}`,
  remedy: 'Correct the cause, then run the doctor again.',
});
export const notLookedAt = (check: string, because: string, remedy: string): Line => ({
  health: 'not-looked-at',
  check,
  found: because,
  remedy,
});

/** Whether something is missing or unknown. */
export const isFailed = ({ health }: Line): boolean => health === 'missing' || health === 'unknown';
