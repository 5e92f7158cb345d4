import type { Clock } from '../../../src/steps/ports/clock.ts';

/** Time that passes only during `sleep`. */
export class FakeClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 24, 1, 0, 0);
  #events: { atMs: number; happen: () => void }[] = [];
  /** Every sleep so far, in seconds. */
  readonly slept: number[] = [];

  now(): number {
    return this.#nowMs;
  }

  async sleep(seconds: number): Promise<void> {
    this.slept.push(seconds);
    this.pass(seconds);
  }

  /** Time goes by without a sleep, while a command runs for instance. */
  pass(seconds: number): void {
    const untilMs = this.#nowMs + seconds * 1000;
    const due = this.#events.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
    this.#events = this.#events.filter((event) => !due.includes(event));
    for (const { atMs, happen } of due) {
      this.#nowMs = Math.max(this.#nowMs, atMs);
      happen();
    }
    this.#nowMs = untilMs;
  }

  timeout(seconds: number): AbortSignal {
    const late = new AbortController();
    this.after(seconds, () => {
      late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    });
    return late.signal;
  }

  /** Something happens by itself, so many seconds from now. */
  after(seconds: number, happen: () => void): void {
    this.#events.push({ atMs: this.#nowMs + seconds * 1000, happen });
  }
}
