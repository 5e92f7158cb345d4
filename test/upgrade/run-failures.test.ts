import { expect } from 'chai';
import fc from 'fast-check';
import { optional, text } from '../../src/contract/param.ts';
import { parseFailures } from '../../src/upgrade/run-failures.ts';

/** As Argo 4.1 hands it out: JSON in a JSON string. */
const asArgo = (failures: readonly object[]): string => JSON.stringify(JSON.stringify(failures));
const entry = (displayName: string, message: string, finishedAt = '2026-11-24T01:00:00Z'): object => ({
  ...{ displayName, message, templateName: 'drain', phase: 'Failed', podName: 'p', finishedAt },
});

const told = (raw: string | undefined): string[] =>
  parseFailures(raw).map(({ displayName, message }) => `${displayName}: ${message}`);

describe("Argo's list of failures", () => {
  const TABLE: readonly [string, string | undefined, string[]][] = [
    ['is empty when nothing failed', '"null"', []],
    ['is empty when it is null, absent or an empty list', 'null', []],
    ['is empty when it was never given', undefined, []],
    ['is empty when it is an empty list', asArgo([]), []],
    [
      'names the step and its message',
      asArgo([entry('drain', 'Error (exit code 77)')]),
      ['drain: Error (exit code 77)'],
    ],
    ['is read when it is encoded only once', JSON.stringify([entry('drain', 'm')]), ['drain: m']],
    [
      'says once what a pod and the retry node around it both say',
      asArgo([entry('drain(0)', 'm'), entry('drain', 'm')]),
      ['drain: m'],
    ],
    ['says once what every attempt says', asArgo([entry('drain(0)', 'm'), entry('drain(1)', 'm')]), ['drain(0): m']],
    [
      'says what each attempt says when that differs',
      asArgo([entry('drain(0)', 'a'), entry('drain(1)', 'b')]),
      ['drain(0): a', 'drain(1): b'],
    ],
    [
      'never drops a step because another says the same',
      asArgo([entry('drain', 'm'), entry('verify', 'm')]),
      ['drain: m', 'verify: m'],
    ],
    [
      'is told in the order in which things failed',
      asArgo([entry('b', '2', '2026-11-24T02:00:00Z'), entry('c', '1', '2026-11-24T01:00:00Z')]),
      ['c: 1', 'b: 2'],
    ],
    ['leaves out nodes that have nothing to say', asArgo([entry('workers', ''), entry('drain', 'm')]), ['drain: m']],
    [
      "leaves out Argo's bookkeeping of retries: the attempt says why",
      asArgo([
        entry('inventory', 'retryStrategy.expression evaluated to false'),
        entry('inventory(0)', 'main: Error (exit code 77): m'),
        entry('detect', 'No more retries left'),
      ]),
      ['inventory(0): main: Error (exit code 77): m'],
    ],
    ['but not the only ones that there are', asArgo([entry('workers', '')]), ['workers: no message.']],
    [
      'shows an entry without a message as it is',
      asArgo([{ displayName: 'x', phase: 'Error' }]),
      ['x: {"displayName":"x","phase":"Error"}'],
    ],
    ['shows an entry that is none as it is', JSON.stringify([null, 7]), ['unknown: 7', 'unknown: null']],
    ['shows text that is no list as it is, never drops it', 'something else', ['workflow: something else']],
    ['shows an object as it is, too', '{"a":1}', ['workflow: {"a":1}']],
  ];
  for (const [promise, raw, expected] of TABLE)
    it(promise, () => {
      expect(told(raw)).to.deep.equal(expected);
    });

  it('is absent when Argo left the reference standing', () => {
    const failures = optional(text({ doc: 'd', example: 'e' }));
    expect(told(failures.parse('{{workflow.failures}}'))).to.deep.equal([]);
  });

  it('law: no message is lost, whatever the order in which Argo hands them out', () => {
    const anyEntry = fc.tuple(fc.constantFrom('a', 'a(0)', 'b'), fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(
        fc
          .array(anyEntry)
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const lines = (some: typeof list): string[] =>
            told(asArgo(some.map(([name, message, at]) => entry(name, message, at))));
          expect(lines(shuffled)).to.deep.equal(lines(list));
          const said = lines(list).map((line) => line.replace('(0)', ''));
          expect(said).to.include.members(list.map(([name, message]) => `${name.replace('(0)', '')}: ${message}`));
        },
      ),
    );
  });
});
