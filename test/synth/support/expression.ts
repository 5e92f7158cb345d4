/**
 * Evaluates what we write into `retryStrategy.expression`: the part of https://expr-lang.org that we use, and nothing
 * beyond it, since Argo's linter does not look into expressions.
 */
export interface LastRetry {
  readonly status: string;
  readonly exitCode: string;
}

type Value = string | number | boolean | readonly Value[];

const TOKEN = /\s*(\|\||&&|==|!=|[()[\],]|'[^']*'|\d+|[A-Za-z_.]+)/y;

export function retries(expression: string, lastRetry: LastRetry): boolean {
  const value = new Reader(tokensOf(expression), lastRetry).whole();
  if (typeof value !== 'boolean') throw new SyntaxError(`not a condition: ${expression}`);
  return value;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.trimEnd().length;) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new SyntaxError(`cannot read ${text.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

/** A thunk per part, so that what stands behind a decided `||` is read and never evaluated. */
class Reader {
  readonly #tokens: string[];
  readonly #lastRetry: LastRetry;
  constructor(tokens: string[], lastRetry: LastRetry) {
    this.#tokens = tokens;
    this.#lastRetry = lastRetry;
  }

  whole(): Value {
    const value = this.#either();
    if (this.#tokens.length > 0) throw new SyntaxError(`not expected: ${this.#tokens.join(' ')}`);
    return value();
  }

  #either(): () => Value {
    let left = this.#both();
    while (this.#took('||')) {
      const [first, second] = [left, this.#both()];
      left = () => truth(first()) || truth(second());
    }
    return left;
  }

  #both(): () => Value {
    let left = this.#comparison();
    while (this.#took('&&')) {
      const [first, second] = [left, this.#comparison()];
      left = () => truth(first()) && truth(second());
    }
    return left;
  }

  #comparison(): () => Value {
    const left = this.#value();
    if (this.#took('==')) return compare(left, this.#value(), (a, b) => a === b);
    if (this.#took('!=')) return compare(left, this.#value(), (a, b) => a !== b);
    if (this.#took('in')) return compare(left, this.#value(), (a, b) => Array.isArray(b) && b.includes(a));
    return left;
  }

  #value(): () => Value {
    const token = this.#tokens.shift() ?? '';
    if (token === '(') return this.#closed(this.#either());
    if (token === '[') return this.#list();
    if (/^\d+$/.test(token)) return () => Number(token);
    if (token.startsWith("'")) return () => token.slice(1, -1);
    if (token === 'asInt' && this.#took('(')) return asInt(this.#closed(this.#either()));
    if (token === 'lastRetry.status') return () => this.#lastRetry.status;
    if (token === 'lastRetry.exitCode') return () => this.#lastRetry.exitCode;
    throw new SyntaxError(`not known: ${token}`);
  }

  #list(): () => Value {
    const members = [this.#value()];
    while (this.#took(',')) members.push(this.#value());
    this.#must(']');
    return () => members.map((member) => member());
  }

  #closed(inner: () => Value): () => Value {
    this.#must(')');
    return inner;
  }

  #must(token: string): void {
    if (!this.#took(token)) throw new SyntaxError(`expected ${token}, saw ${this.#tokens[0] ?? 'the end'}`);
  }

  #took(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw new SyntaxError(`not a condition: ${String(value)}`);
  return value;
}

/** expr refuses to compare values of two types. */
function compare(left: () => Value, right: () => Value, holds: (a: Value, b: Value) => boolean): () => Value {
  return () => {
    const [a, b] = [left(), right()];
    if (!Array.isArray(b) && typeof a !== typeof b) throw new SyntaxError(`compares ${typeof a} with ${typeof b}`);
    return holds(a, b);
  };
}

const asInt = (inner: () => Value) => (): Value => {
  const text = inner();
  if (typeof text !== 'string' || !/^-?\d+$/.test(text)) throw new SyntaxError(`asInt of ${JSON.stringify(text)}`);
  return Number(text);
};
