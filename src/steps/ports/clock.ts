/** Time, so that a test takes none. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects when the step is told to end. */
  sleep(seconds: number): Promise<void>;
  /** Aborts with a `TimeoutError` after this many seconds. */
  timeout(seconds: number): AbortSignal;
}
