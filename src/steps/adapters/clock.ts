import { setTimeout as wait } from 'node:timers/promises';
import { StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';

/** The time of day. `signal` ends every sleep. */
export function systemClock(signal?: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    timeout: (seconds) => AbortSignal.timeout(seconds * 1000),
    sleep: (seconds) =>
      wait(seconds * 1000, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        throw signal?.aborted === true ? abortError(signal) : error;
      }),
  };
}

/** What an aborted wait throws: the reason of the one who aborted when it is a `StepError`. */
export const abortError = (signal: AbortSignal): StepError =>
  signal.reason instanceof StepError ? signal.reason : tryAgain('stopped before it finished', signal.reason);
