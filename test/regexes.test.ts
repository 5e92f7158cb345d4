import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { clusterSchema } from '../src/cluster/schema.ts';
import { expectGolden } from './support/golden.ts';
import { IS_LONG } from './support/long.ts';
import { matchingTime, type MatchingTime } from './support/matching-time.ts';
import { regexesIn } from './support/regexes.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What decides the answers of {@link matchingTime}. */
const ANALYSIS = createHash('sha256')
  .update(readFileSync(resolve(ROOT, 'test/support/matching-time.ts')))
  .update(readFileSync(resolve(ROOT, 'node_modules/recheck/package.json')))
  .digest('hex');
/** `/<source>/<flags>` → its time, for every expression of the source. The analysis of all of them takes half a minute. */
const RECORD = new URL('regexes.golden.json', import.meta.url);
const recorded = ((): Readonly<Record<string, MatchingTime>> => {
  if (IS_LONG || !existsSync(RECORD)) return {};
  const { analysis, times } = JSON.parse(readFileSync(RECORD, 'utf8')) as {
    analysis: string;
    times: Record<string, MatchingTime>;
  };
  return analysis === ANALYSIS ? times : {};
})();
const asked = new Map<string, MatchingTime>();

function knownTime(source: string, flags: string): MatchingTime {
  const key = `/${source}/${flags}`;
  const time = asked.get(key) ?? recorded[key] ?? matchingTime(source, flags);
  asked.set(key, time);
  return time;
}

/** Each regular expression of a source text that may need more than linear time, and what to do about it. */
function problemsOf(text: string): string[] {
  return regexesIn(text).flatMap(({ line, text: regex, literal, bound }) => {
    if (bound !== undefined) return [];
    const time = literal === undefined ? 'unknown' : knownTime(literal.source, literal.flags);
    const remedy = 'make it linear, or write what limits it into a comment above it: // Bound: …';
    return time === 'linear' ? [] : [`line ${line}: ${regex} needs ${time} time; ${remedy}`];
  });
}

const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).sort();

describe('a regular expression of the source needs linear time, or its bound is beside it', function () {
  this.timeout(0);
  for (const file of SOURCES) {
    const text = readFileSync(resolve(ROOT, file), 'utf8');
    if (regexesIn(text).length > 0)
      it(file, () => {
        expect(problemsOf(text)).to.deep.equal([]);
      });
  }
});

interface SchemaPattern {
  readonly pattern: string;
  readonly maxLength: number | undefined;
}

function patternsIn(schema: unknown): SchemaPattern[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { pattern, maxLength } = schema as { pattern?: unknown; maxLength?: number };
  const below = Object.values(schema).flatMap(patternsIn);
  return typeof pattern === 'string' ? [{ pattern, maxLength }, ...below] : below;
}

const PATTERNS = new Set(patternsIn(clusterSchema).map((each) => each.pattern));

describe('a pattern of the schema needs linear time', function () {
  this.timeout(0);
  for (const pattern of PATTERNS)
    it(pattern, () => {
      expect(knownTime(pattern, 'u')).to.equal('linear');
    });
});

describe('the times of all regular expressions', function () {
  this.timeout(0);

  it('are recorded', () => {
    const inSources = SOURCES.flatMap((file) => regexesIn(readFileSync(resolve(ROOT, file), 'utf8'))).flatMap(
      ({ literal, bound }) => (literal === undefined || bound !== undefined ? [] : [literal]),
    );
    const all = [...inSources, ...[...PATTERNS].map((source) => ({ source, flags: 'u' }))];
    const times = all.map(({ source, flags }) => [`/${source}/${flags}`, knownTime(source, flags)] as const);
    const sorted = [...new Map(times)].sort(([a], [b]) => (a < b ? -1 : 1));
    const record = { analysis: ANALYSIS, times: Object.fromEntries(sorted) };
    expectGolden(RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
  });
});

describe('the time of a regular expression', function () {
  this.timeout(0);
  const TABLE: readonly [string, string, string][] = [
    // Earlier readers: authorized_keys, Packages, snapshot.logPattern, a missing sudo.
    ['^(?:[^ \\t"]|"(?:\\\\"|[^"])*")+(?=[ \\t])', '', 'exponential'],
    ['^([^\\s:]+):[ \\t]*(.*?)[ \\t]*$', '', 'polynomial'],
    ['Backup done: (?<file>.+) \\((?<bytes>[0-9]+)', '', 'polynomial'],
    ['^sudo: .*password|^\\S+: .*sudo: .*not found', '', 'polynomial'],
    ['(?:a|a)*b', '', 'exponential'],
    ['(A|a)*b', 'i', 'exponential'],
    ['(a+)+', '', 'exponential'],
    ['^(?:a|a){0,50}$', '', 'exponential'],
    ['^(?:a|a)*[^]{0,5}$', '', 'exponential'],
    ['^(?:a+b?){2}$', '', 'exponential'],
    ['^(?=(a+)+$)b', '', 'exponential'],
    ['^(?!.*;)(a+)+$', '', 'exponential'],
    ['^x|(a+)+$', '', 'exponential'],
    ['\\s+$', '', 'polynomial'],
    ['^[a-z]{1,63}[a-z]{1,63}$', '', 'polynomial'],
    ['^a*|b*$', '', 'polynomial'],
    ['a*b', '', 'polynomial'],
    ['^a*b', 'm', 'linear'],
    ['^[^]*b', 'm', 'polynomial'],
    ['[^]*$\\n*', 'm', 'polynomial'],
    ['(?=a+)', 'g', 'unknown'],
    ['(?<=a+)b', '', 'unknown'],
    ['(a+)\\1', '', 'unknown'],
    [' a+b', '', 'linear'],
    ['^a+b+$', '', 'linear'],
    ['^(a|ab)*$', '', 'linear'],
    ['a+', 'g', 'linear'],
    ['(?<!a)b(?!c)d*', 'g', 'linear'],
    ['abc', '', 'linear'],
  ];
  for (const [source, flags, time] of TABLE)
    it(`/${source}/${flags} is ${time}`, () => {
      expect(matchingTime(source, flags)).to.equal(time);
    });
});

describe('regular expressions in a source text', () => {
  it('are literals, uses of RegExp, and texts to search for', () => {
    const text = [
      "const a = [/a/g, new RegExp('b+', 'i'), RegExp(c), globalThis.RegExp(`${d}`)];",
      "const e = (f: RegExp) => f instanceof RegExp && 'g'.match('(a+)+');",
      'const make = RegExp;',
    ].join('\n');
    expect(regexesIn(text).map(({ line, text: regex, literal }) => [line, regex, literal])).to.deep.equal([
      [1, '/a/g', { source: 'a', flags: 'g' }],
      [1, "new RegExp('b+', 'i')", { source: 'b+', flags: 'i' }],
      [1, 'RegExp(c)', undefined],
      [1, 'globalThis.RegExp', undefined],
      [2, "'g'.match('(a+)+')", undefined],
      [3, 'make = RegExp', undefined],
    ]);
  });

  it('may need more than linear time only with a bound beside them', () => {
    const vulnerable = 'const a = /(a+)+$/;';
    expect(problemsOf(vulnerable)).to.deep.equal([
      'line 1: /(a+)+$/ needs exponential time; make it linear, or write what limits it into a comment above it: // Bound: …',
    ]);
    expect(problemsOf('const a = new RegExp(b);')).to.have.length(1);
    expect(problemsOf(`// Bound: the text has 8 characters.\n\n${vulnerable}`)).to.have.length(1);
    expect(problemsOf(`// Bound: the text has 8 characters.\n${vulnerable}`)).to.deep.equal([]);
    expect(problemsOf(`/** Ends.\n * Bound: the text has 8 characters.\n */\n${vulnerable}`)).to.deep.equal([]);
    expect(problemsOf(`${vulnerable} // Bound: the text has 8 characters.`)).to.deep.equal([]);
    expect(problemsOf('const a = /^a+b+$/;')).to.deep.equal([]);
  });
});
