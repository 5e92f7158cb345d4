import { HALTED_EXIT_CODE } from '../run/stop.ts';

/**
 * How a step ends. Few on purpose: Argo retries `TryAgain`, a killed container (137, 143) and a lost pod, nothing else.
 * 64 and 65 are the Argo executor's own codes and stay free.
 */
export const EXIT = {
  /** Done, or a decision that nothing is to be done. */
  Done: 0,
  /** The inputs are wrong; every problem was printed. */
  BadInput: 2,
  /** A bug of ours, or an answer that we cannot make sense of. */
  Bug: 70,
  /** The world was not ready (a lock, a server away): the same step may well succeed later. */
  TryAgain: 75,
  /** The step must not continue, and a retry would not change that. */
  Refused: 77,
  /** The kill switch stopped the step. Argo counts a failure; the exit handler reports a halt. */
  Halted: HALTED_EXIT_CODE,
} as const;

/** What a container returns when it is killed (SIGKILL, out of memory) or ended (SIGTERM, eviction). */
export const KILLED = { sigkill: 137, sigterm: 143 } as const;

export const RETRIED_EXIT_CODES: readonly number[] = [EXIT.TryAgain, KILLED.sigkill, KILLED.sigterm];
