/** A regular expression as a tree. `most` is `Infinity` without a limit. */
export type Syntax =
  | { readonly kind: 'character'; readonly fits: Fits }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'sequence'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly options: readonly Syntax[] }
  | { readonly kind: 'group'; readonly number: number; readonly body: Syntax }
  | Repeat;

interface Repeat {
  readonly kind: 'repeat';
  readonly body: Syntax;
  readonly least: number;
  readonly most: number;
  readonly lazy: boolean;
  /** Numbers of the groups in `body`: from the first one, up to the last one, which is excluded. */
  readonly groups: readonly [number, number];
}

export type Edge = '^' | '$' | '\\b' | '\\B';
/** Returns whether one UTF-16 code unit matches. */
export type Fits = (character: string) => boolean;

export interface Parsed {
  readonly root: Syntax;
  readonly groupCount: number;
  /** Maps the name of a group to its number, which starts at 1. */
  readonly names: ReadonlyMap<string, number>;
}

/**
 * Parses JavaScript's syntax without flags.
 * Throws a `RangeError` with the reason: the text is not a regular expression, or linear time cannot match it.
 */
export function parseSyntax(source: string): Parsed {
  try {
    // Bound: this compiles the expression and matches no text.
    new RegExp(source);
  } catch {
    throw new RangeError('it is not valid');
  }
  return new Parser(source).whole();
}

const EDGE = /\^|\$|\\[bB]/y;
const CLASS = /\[\^?(?:\\[^]|[^\]\\])*\]/y;
const ESCAPE = /\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|0(?!\d)|[^0-9ckxu])/y;
const PLAIN = /[^\\()|[^$*+?]/y;
const OPEN = /\((?:\?:|\?<([A-Za-z_$][\w$]*)>|(?!\?))/y;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/y;

class Parser {
  readonly #source: string;
  readonly #names = new Map<string, number>();
  #at = 0;
  #groups = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Parsed {
    const root = this.#choice();
    return { root, groupCount: this.#groups, names: this.#names };
  }

  #choice(): Syntax {
    const options = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : { kind: 'choice', options };
  }

  #sequence(): Syntax {
    const parts: Syntax[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) parts.push(this.#term());
    return { kind: 'sequence', parts };
  }

  #term(): Syntax {
    const edge = this.#take(EDGE)?.[0];
    if (edge !== undefined) return { kind: 'edge', edge: edge as Edge };
    const before = this.#groups + 1;
    const atom = this.#atom();
    const quantifier = this.#take(QUANTIFIER);
    return quantifier === undefined ? atom : this.#repeat(atom, quantifier, [before, this.#groups + 1]);
  }

  #atom(): Syntax {
    const open = this.#take(OPEN);
    if (open !== undefined) return this.#group(open[0], open[1]);
    const text = (this.#take(CLASS) ?? this.#take(ESCAPE) ?? this.#take(PLAIN))?.[0];
    if (text === undefined)
      throw new RangeError(`it has what is not supported: ${this.#source.slice(this.#at, this.#at + 4)}`);
    return { kind: 'character', fits: fitsOf(text) };
  }

  #group(open: string, name: string | undefined): Syntax {
    const number = open === '(?:' ? undefined : ++this.#groups;
    if (name !== undefined && number !== undefined) {
      if (this.#names.has(name)) throw new RangeError(`it has two groups ${name}`);
      this.#names.set(name, number);
    }
    const body = this.#choice();
    this.#at++;
    return number === undefined ? body : { kind: 'group', number, body };
  }

  #repeat(body: Syntax, quantifier: RegExpExecArray, groups: Repeat['groups']): Syntax {
    const [text, sign, from, comma, to, lazy] = quantifier;
    const [least, most] =
      sign === undefined
        ? [Number(from), comma === undefined ? Number(from) : to === '' ? Infinity : Number(to)]
        : [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
    if (least < most && mayBeEmpty(body)) throw new RangeError(`it repeats (${text}) what may be empty`);
    return { kind: 'repeat', body, least, most, lazy: lazy === '?', groups };
  }

  #take(what: RegExp): RegExpExecArray | undefined {
    what.lastIndex = this.#at;
    const found = what.exec(this.#source) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }
}

function mayBeEmpty(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case 'character':
      return false;
    case 'edge':
      return true;
    case 'sequence':
      return syntax.parts.every(mayBeEmpty);
    case 'choice':
      return syntax.options.some(mayBeEmpty);
    case 'group':
      return mayBeEmpty(syntax.body);
    case 'repeat':
      return syntax.least === 0 || mayBeEmpty(syntax.body);
  }
}

/** JavaScript decides which characters a class or an escape matches. The answers for ASCII are cached. */
function fitsOf(source: string): Fits {
  if (source.length === 1 && source !== '.') return (character) => character === source;
  // Bound: the expression is one class or one escape, and the text is one character.
  const one = new RegExp(`^${source}$`);
  const ascii: (boolean | undefined)[] = [];
  return (character) => {
    const code = character.charCodeAt(0);
    return code < 128 ? (ascii[code] ??= one.test(character)) : one.test(character);
  };
}
