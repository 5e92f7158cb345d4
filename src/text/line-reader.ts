/** Maximum length of a line, in characters. A longer line is returned in pieces of this length. */
export const LONGEST_LINE = 65_536;

/**
 * Splits a stream of text into lines. The time is linear in the length of the text, even when the pieces are small. The
 * reader keeps at most one line of {@link LONGEST_LINE} characters.
 */
export class LineReader {
  #pieces: string[] = [];
  #length = 0;

  /** Returns the lines that are complete now, without their line feeds. */
  add(text: string): string[] {
    const [first = '', ...others] = text.split('\n');
    const rest = others.pop();
    this.#keep(first);
    if (rest === undefined) return this.#length > LONGEST_LINE ? this.end() : [];
    const lines = [...this.#take(), ...others.flatMap(inPieces)];
    this.#keep(rest);
    return this.#length > LONGEST_LINE ? [...lines, ...this.end()] : lines;
  }

  /** Returns the text after the last line feed; an empty list when there is none. */
  end(): string[] {
    return this.#length === 0 ? [] : this.#take();
  }

  #keep(text: string): void {
    if (text !== '') this.#pieces.push(text);
    this.#length += text.length;
  }

  #take(): string[] {
    const line = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return inPieces(line);
  }
}

function inPieces(line: string): string[] {
  if (line.length <= LONGEST_LINE) return [line];
  const count = Math.ceil(line.length / LONGEST_LINE);
  return Array.from({ length: count }, (_, index) => line.slice(index * LONGEST_LINE, (index + 1) * LONGEST_LINE));
}

/** Returns the line without the carriage returns at its end. */
export function withoutCarriageReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return line.slice(0, end);
}
