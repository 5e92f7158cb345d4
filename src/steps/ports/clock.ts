/** Time. A fake lets a test run without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects when the step is stopped. */
  sleep(seconds: number): Promise<void>;
  /** Aborts with a `TimeoutError` after this many seconds. */
  timeout(seconds: number): AbortSignal;
}
