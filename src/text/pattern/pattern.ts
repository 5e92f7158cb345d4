import { compile, type Instruction } from './program.ts';
import { parseSyntax, type Edge, type Parsed } from './syntax.ts';

/** Returns why `source` is not a valid pattern; undefined when it is valid. */
export function patternProblem(source: string): string | undefined {
  try {
    new Pattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Positions where groups begin and end, two slots for each group. Group 0 is the whole match. */
type Slots = readonly (number | undefined)[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

/**
 * A regular expression from the cluster's settings. It finds the same matches as JavaScript's RegExp.
 * It follows all ways to match at the same time, character by character, so its time is linear in the length of the
 * text.
 * https://swtch.com/~rsc/regexp/regexp2.html
 *
 * No such matcher exists for look-around, back-references and repetitions of what may be empty. They are refused.
 */
export class Pattern {
  readonly #source: string;
  readonly #parsed: Parsed;
  readonly #program: readonly Instruction[];

  /** Throws a `RangeError` that says why `source` is refused. */
  constructor(source: string) {
    this.#source = source;
    this.#parsed = parseSyntax(source);
    this.#program = compile(this.#parsed);
  }

  get groupCount(): number {
    return this.#parsed.groupCount;
  }

  get groupNames(): readonly string[] {
    return [...this.#parsed.names.keys()];
  }

  toString(): string {
    return `/${this.#source}/`;
  }

  /** Returns the whole match and its groups, as `RegExp.prototype.exec` does; null when nothing matches. */
  exec(text: string): readonly (string | undefined)[] | null {
    const slots = this.#search(text);
    if (slots === undefined) return null;
    return Array.from({ length: this.groupCount + 1 }, (_, group) => {
      const [from, to] = [slots[2 * group], slots[2 * group + 1]];
      return from === undefined || to === undefined ? undefined : text.slice(from, to);
    });
  }

  /** Returns the named groups of the first match; undefined when nothing matches. */
  groups(text: string): Readonly<Record<string, string | undefined>> | undefined {
    const found = this.exec(text);
    return found === null
      ? undefined
      : Object.fromEntries([...this.#parsed.names].map(([name, group]) => [name, found[group]]));
  }

  #search(text: string): Slots | undefined {
    const walk = new Walk(this.#program, text);
    let [threads, found]: [readonly Thread[], Slots | undefined] = [[], undefined];
    for (let place = 0; place <= text.length; place++) {
      walk.arrive(place);
      for (const { at, slots } of threads) walk.follow(at, slots);
      // An earlier match takes precedence over a match that begins here.
      if (found === undefined) walk.follow(0, [place]);
      else if (threads.length === 0) break;
      [threads, found] = walk.step(found);
    }
    return found;
  }
}

/** Follows a program from one character to the next. It visits every instruction that waits for a character once. */
class Walk {
  readonly #program: readonly Instruction[];
  readonly #text: string;
  /** For each instruction, the position in the text where it was last reached, plus 1. */
  readonly #reached: Uint32Array;
  #place = 0;
  #threads: Thread[] = [];

  constructor(program: readonly Instruction[], text: string) {
    this.#program = program;
    this.#text = text;
    this.#reached = new Uint32Array(program.length);
  }

  arrive(place: number): void {
    this.#place = place;
    this.#threads = [];
  }

  /**
   * Reads the character at this place. Returns the threads behind it, and the match. Threads are in the order in which
   * JavaScript tries them. A match ends all threads after it.
   */
  step(found: Slots | undefined): [readonly Thread[], Slots | undefined] {
    const character = this.#text[this.#place];
    const next: Thread[] = [];
    for (const { at, slots } of this.#threads) {
      const instruction = this.#program[at];
      if (instruction?.do === 'match') return [next, [slots[0], this.#place, ...slots.slice(2)]];
      if (instruction?.do === 'character' && character !== undefined && instruction.fits(character))
        next.push({ at: at + 1, slots });
    }
    return [next, found];
  }

  follow(at: number, slots: Slots): void {
    if (this.#reached[at] === this.#place + 1) return;
    this.#reached[at] = this.#place + 1;
    const instruction = this.#program[at];
    switch (instruction?.do) {
      case 'fork':
        this.follow(instruction.first, slots);
        this.follow(instruction.second, slots);
        break;
      case 'jump':
        this.follow(instruction.to, slots);
        break;
      case 'save':
        this.follow(at + 1, withSlot(slots, instruction.slot, this.#place));
        break;
      case 'forget':
        this.follow(
          at + 1,
          slots.map((slot, index) => (isOf(instruction.groups, index) ? undefined : slot)),
        );
        break;
      case 'edge':
        if (isAtEdge(instruction.edge, this.#text, this.#place)) this.follow(at + 1, slots);
        break;
      case 'character':
      case 'match':
        this.#threads.push({ at, slots });
        break;
      case undefined:
    }
  }
}

const isOf = ([from, to]: readonly [number, number], slot: number): boolean => slot >= 2 * from && slot < 2 * to;

function withSlot(slots: Slots, slot: number, place: number): Slots {
  const copy = Array.from({ length: Math.max(slots.length, slot + 1) }, (_, index) => slots[index]);
  copy[slot] = place;
  return copy;
}

function isAtEdge(edge: Edge, text: string, place: number): boolean {
  switch (edge) {
    case '^':
      return place === 0;
    case '$':
      return place === text.length;
    case '\\b':
      return isWord(text[place - 1]) !== isWord(text[place]);
    case '\\B':
      return isWord(text[place - 1]) === isWord(text[place]);
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);
