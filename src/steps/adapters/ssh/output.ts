import { StringDecoder } from 'node:string_decoder';

export const KEPT_BYTES = 256 * 1024;
const LONGEST_LINE = 64 * 1024;

/** One stream of a program: its lines as they come, its end when it has ended. */
export class Output {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #allBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#keep(chunk);
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.replace(/\r$/, ''));
    if (this.#rest.length > LONGEST_LINE) this.#flush();
  }

  /** The last 256 KiB; says so when there was more. */
  end(): string {
    this.#rest += this.#decoder.end();
    if (this.#rest !== '') this.#flush();
    const cut = this.#allBytes - KEPT_BYTES;
    const text = Buffer.concat(this.#kept).subarray(-KEPT_BYTES).toString('utf8');
    return cut > 0 ? `[the first ${cut} bytes were cut]\n${text}` : text;
  }

  #flush(): void {
    this.#onLine(this.#rest);
    this.#rest = '';
  }

  #keep(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#allBytes += chunk.length;
    this.#keptBytes += chunk.length;
    for (let first = this.#kept[0]; first && this.#keptBytes - first.length >= KEPT_BYTES; first = this.#kept[0]) {
      this.#kept.shift();
      this.#keptBytes -= first.length;
    }
  }
}
