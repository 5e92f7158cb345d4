import { StringDecoder } from 'node:string_decoder';
import { LineReader } from '../../../text/line-reader.ts';

export const KEPT_BYTES = 256 * 1024;

/** One stream of a program: its lines as they come, its end when it has ended. */
export class Output {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #lines = new LineReader();
  /** A ring: byte number n of the stream is at n modulo its length. */
  readonly #kept = Buffer.alloc(KEPT_BYTES);
  #allBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#keep(chunk);
    this.#tell(this.#lines.add(this.#decoder.write(chunk)));
  }

  /** The last 256 KiB; says so when there was more. */
  end(): string {
    this.#tell([...this.#lines.add(this.#decoder.end()), ...this.#lines.end()]);
    const cut = this.#allBytes - KEPT_BYTES;
    if (cut <= 0) return this.#kept.subarray(0, this.#allBytes).toString('utf8');
    const start = this.#allBytes % KEPT_BYTES;
    const last = Buffer.concat([this.#kept.subarray(start), this.#kept.subarray(0, start)]);
    return `[the first ${cut} bytes were cut]\n${last.toString('utf8')}`;
  }

  #tell(lines: readonly string[]): void {
    for (const line of lines) this.#onLine(line.replace(/\r$/, ''));
  }

  #keep(chunk: Buffer): void {
    this.#allBytes += chunk.length;
    const tail = chunk.subarray(-KEPT_BYTES);
    const start = (this.#allBytes - tail.length) % KEPT_BYTES;
    const copied = tail.copy(this.#kept, start);
    tail.copy(this.#kept, 0, copied);
  }
}
