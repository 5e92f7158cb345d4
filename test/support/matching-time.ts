import { createRequire } from 'node:module';

/** The build of recheck in JavaScript. It starts no native program and no worker: it answers alike on every machine. */
const recheck = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof import('recheck');

/** How the time of a match grows with the text. `unknown`: recheck cannot tell. */
export type MatchingTime = 'linear' | 'polynomial' | 'exponential' | 'unknown';

/** Milliseconds. The slowest answer takes 10 s; this limit only ends an analysis that does not come to its end. */
const LIMIT = 600_000;

/**
 * Returns how the time of one search grows, and that of all searches of `replaceAll` together. The answer may be worse than
 * the truth and is never better: recheck is told that a match can fail wherever the expression ends.
 */
export function matchingTime(source: string, flags: string): MatchingTime {
  const times = partsOf(withoutShortLookaround(tokensOf(source))).map((tokens) => timeOf(tokens, flags));
  return WORST_FIRST.find((time) => times.includes(time)) ?? 'linear';
}

const WORST_FIRST: readonly MatchingTime[] = ['unknown', 'exponential', 'polynomial'];

function timeOf(tokens: readonly string[], flags: string): MatchingTime {
  if (!tokens.some(isLoop) || hasOneHarmlessLoop(tokens, flags)) return 'linear';
  if (tokens.some(isBackreference)) return 'unknown';
  const source = upToLastLoop(tokens.filter((token) => token !== '$'));
  const answer = recheck.checkSync(`(?:${source})${MISSING}`, flags, { checker: 'automaton', timeout: LIMIT });
  if (answer.status === 'unknown') return 'unknown';
  const { type } = answer.complexity;
  return type === 'polynomial' || type === 'exponential' ? type : 'linear';
}

/** A character that no expression of this project names. */
const MISSING = '\\uE000';

/** An escape, a class, the beginning of a group, a repetition with numbers, or any other character. */
const TOKEN = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|\{(\d+)(?:(,)(\d*))?\}|[^]/g;

/** A repetition of one character up to this many times is no loop. */
const FEW = 4;

/** The tokens of an expression, with `*` or `+` for each repetition that is not short. */
function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  for (const [token, least, comma, most] of source.matchAll(TOKEN)) {
    const limit = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most);
    const isAsWritten = least === undefined || (limit <= FEW && tokens.at(-1) !== ')');
    tokens.push(isAsWritten ? token : Number(least) === 0 ? '*' : '+');
  }
  return tokens;
}

const isLoop = (token: string): boolean => token === '*' || token === '+';
const isBackreference = (token: string): boolean => /^\\[1-9k]/.test(token);
const isLookaround = (token = ''): boolean => /^\(\?<?[=!]/.test(token);

/** Leaves out each look-around without a loop: it takes constant time. */
function withoutShortLookaround(tokens: readonly string[]): string[] {
  const kept: string[] = [];
  const opened: number[] = [];
  for (const token of tokens) {
    if (token.startsWith('(')) opened.push(kept.length);
    kept.push(token);
    const start = token === ')' ? (opened.pop() ?? 0) : kept.length;
    if (isLookaround(kept[start]) && !kept.slice(start).some(isLoop)) kept.length = start;
  }
  return kept;
}

/** Parts whose times add up: the alternatives, and a look-ahead at the beginning of the text. recheck knows no look-ahead. */
function partsOf(tokens: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += depthOf(token);
    if (token === '|' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.flatMap((part) => {
    if (part[0] !== '^' || (part[1] !== '(?=' && part[1] !== '(?!')) return [part];
    const end = endOfGroup(part, 1);
    return [['^', '(?:', ...part.slice(2, end + 1)], ...partsOf(['^', ...part.slice(end + 1)])];
  });
}

const depthOf = (token: string): number => (token === ')' ? -1 : token.startsWith('(') ? 1 : 0);

function endOfGroup(tokens: readonly string[], start: number): number {
  let depth = 0;
  return tokens.findIndex((token, at) => at >= start && (depth += depthOf(token)) === 0);
}

/**
 * Whether one character is all that is repeated, and each place of the text is read by few of its repetitions: nothing that
 * can fail follows, or the repetition begins at the beginning of the text, or after a character that it cannot read.
 */
function hasOneHarmlessLoop(tokens: readonly string[], flags: string): boolean {
  const [loop = 0, ...others] = tokens.flatMap((token, at) => (isLoop(token) ? [at] : []));
  const repeated = tokens[loop - 1] ?? '';
  if (others.length > 0 || repeated === ')' || tokens.some(isLookaround)) return false;
  if (/^\??\)*$/.test(tokens.slice(loop + 1).join(''))) return true;
  if (tokens[0] === '^' && !flags.includes('m')) return true;
  const before = tokens.slice(0, loop - 1).findLast((token) => !token.startsWith('(')) ?? '';
  return /^[ "\-:=]$/.test(before) && !new RegExp(`^${repeated}$`, flags.replace(/[gy]/, '')).test(before);
}

/** What follows the last loop takes constant time for each way to it. */
function upToLastLoop(tokens: readonly string[]): string {
  const kept = tokens.slice(0, tokens.findLastIndex(isLoop) + 1);
  const depth = kept.reduce((sum, token) => sum + depthOf(token), 0);
  return `${kept.join('')}${')'.repeat(depth)}`;
}
