import { WARNING } from '../../upgrade/host/containerd-package.ts';
import { LineReader, withoutCarriageReturns } from '../../text/line-reader.ts';

/** Enough for a message and for the classification of a failure. */
const KEPT_LINES = 300;

/** The log of one attempt, as it comes from the node in pieces that may end anywhere. */
export class JobLog {
  readonly #decoder = new TextDecoder();
  readonly #lines = new LineReader();
  /** In bytes: where the next piece begins. */
  offset = 0;
  /** The last of its lines. */
  lines: readonly string[] = [];
  /** Names of the commands that it has begun, in order. */
  readonly begun: string[] = [];
  readonly warnings: string[] = [];

  /** The lines that are whole now. */
  add(bytes: Uint8Array<ArrayBuffer>): readonly string[] {
    this.offset += bytes.length;
    return this.#take(this.#lines.add(this.#decoder.decode(bytes, { stream: true })));
  }

  /** What is left when nothing comes any more. */
  end(): readonly string[] {
    return this.#take([...this.#lines.add(this.#decoder.decode()), ...this.#lines.end()]);
  }

  #take(parts: readonly string[]): readonly string[] {
    // A progress bar goes back to the beginning of its line: only what it shows last counts.
    const lines = parts.map((line) => withoutCarriageReturns(line).split('\r').at(-1) ?? '');
    this.lines = [...this.lines, ...lines].slice(-KEPT_LINES);
    for (const line of lines) {
      const [, command] = /^== (.+)$/.exec(line) ?? [];
      if (command !== undefined && !/ ended with exit code \d+$|^all done$/.test(command)) this.begun.push(command);
      if (line.startsWith(WARNING)) this.warnings.push(line.slice(WARNING.length));
    }
    return lines;
  }
}
