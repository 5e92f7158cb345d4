import { expect } from 'chai';
import fc from 'fast-check';
import { failedNodes, failureLines, isHalt, namesOf, type Failure } from '../../src/run/failures.ts';
import { EXIT } from '../../src/contract/exit-code.ts';
import { haltedBecause } from '../../src/run/stop.ts';
import { aFailure } from '../support/builders.ts';

const told = (all: readonly Failure[]): readonly string[] => failureLines(all, 'nightly-1');
const at = (displayName: string, message: string, finishedAtMs: number): Failure =>
  aFailure(displayName, message, { finishedAtMs });

describe('the failures of a run', () => {
  const TABLE: readonly [string, readonly Failure[], string[]][] = [
    ['are none when nothing failed', [], []],
    ['name the step and its message', [aFailure('drain', 'Error (exit code 77)')], ['drain: Error (exit code 77)']],
    [
      'say once what a pod and the retry node around it both say',
      [aFailure('drain(0)', 'm'), aFailure('drain', 'm')],
      ['drain: m'],
    ],
    ['say once what every attempt says', [aFailure('drain(0)', 'm'), aFailure('drain(1)', 'm')], ['drain(0): m']],
    [
      'say what each attempt says when that differs',
      [aFailure('drain(0)', 'a'), aFailure('drain(1)', 'b')],
      ['drain(0): a', 'drain(1): b'],
    ],
    [
      'never drop a step because another says the same',
      [aFailure('drain', 'm'), aFailure('verify', 'm')],
      ['drain: m', 'verify: m'],
    ],
    [
      'never drop a node because another says the same',
      [aFailure('drain(0)', 'm', { node: 'w1' }), aFailure('drain(0)', 'm', { node: 'w2' })],
      ['drain(0): m', 'drain(0): m'],
    ],
    ['are told in the order in which things failed', [at('b', '2', 2), at('c', '1', 1)], ['c: 1', 'b: 2']],
    ['leave out nodes that have nothing to say', [aFailure('workers', ''), aFailure('drain', 'm')], ['drain: m']],
    [
      "leave out Argo's bookkeeping of retries: the attempt says why",
      [
        aFailure('inventory', 'retryStrategy.expression evaluated to false'),
        aFailure('inventory(0)', 'main: Error (exit code 77): m'),
        aFailure('detect', 'No more retries left'),
      ],
      ['inventory(0): main: Error (exit code 77): m'],
    ],
    [
      'leave out what Argo says of the lists and groups that hold the failed step',
      [
        aFailure('drain(0)', 'm'),
        aFailure('[4]', "child 'k8s-upgrade-nightly-bdscm-1233675292' failed"),
        aFailure('workers', 'template has failed or errored children and failFast enabled'),
        aFailure('[0]', 'withParam value could not be parsed as a JSON list: x'),
      ],
      ['[0]: withParam value could not be parsed as a JSON list: x', 'drain(0): m'],
    ],
    ['are told although none has anything to say', [aFailure('workers', '')], ['workers: no message.']],
  ];
  for (const [promise, all, expected] of TABLE)
    it(promise, () => {
      expect(told(all)).to.deep.equal(expected);
    });

  it('are quoted up to a bound, of three hundred with full messages as well', () => {
    const all = Array.from({ length: 300 }, (_, place) => at(`drain-${place}`, 'x'.repeat(4096), place));
    const lines = told(all);
    expect(lines).to.have.length(11);
    expect(lines.at(0)).to.equal(`drain-0: ${'x'.repeat(1200)}…`);
    expect(lines.at(-1)).to.equal('… and 290 more failed steps: argo get -n k8s-upgrade nightly-1');
    expect(told([aFailure('drain', 'x\n'.repeat(2048))]).join('')).to.have.length(4096 + 'drain: '.length);
  });

  it('name the nodes at which steps failed, or else the nodes of what holds steps', () => {
    const member = aFailure('worker(3:name:w4,role:worker)', '', { node: 'w4' });
    expect(failedNodes([member, aFailure('drain', 'm', { node: 'w2' })])).to.deep.equal(['w2']);
    expect(failedNodes([member, aFailure('drain', 'm')])).to.deep.equal(['w4']);
    expect(failedNodes([aFailure('detect', 'm')])).to.deep.equal([]);
  });

  it('name ten of many nodes', () => {
    const names = Array.from({ length: 12 }, (_, place) => `w${place}`);
    expect(namesOf(names)).to.equal('w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, 2 more nodes');
    expect(namesOf(names.slice(0, 2))).to.equal('w0, w1');
  });

  it('are a halt by the exit code of the step, whatever its message says or quotes', () => {
    const message = `main: Error (exit code 78): drain: ${haltedBecause('not today')}`;
    expect(isHalt(aFailure('drain(0)', message, { exitCode: EXIT.Halted }))).to.equal(true);
    expect(isHalt(aFailure('drain(0)', '', { exitCode: 78 }))).to.equal(true);
    expect(isHalt(aFailure('drain(0)', message, { exitCode: EXIT.Refused }))).to.equal(false);
    expect(isHalt(aFailure('drain(0)', message))).to.equal(false);
  });

  it('law: no message is lost, whatever the order in which the Workflow has them', () => {
    const anyFailure = fc.tuple(fc.constantFrom('a', 'a(0)', 'b'), fc.constantFrom('x', 'y'), fc.constantFrom(1, 2));
    const lists = fc.array(anyFailure, { maxLength: 8 });
    fc.assert(
      fc.property(
        lists.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const lines = (some: typeof list): readonly string[] => told(some.map((each) => at(...each)));
          expect(lines(shuffled)).to.deep.equal(lines(list));
          const said = lines(list).map((line) => line.replace('(0)', ''));
          expect(said).to.include.members(list.map(([name, message]) => `${name.replace('(0)', '')}: ${message}`));
        },
      ),
    );
  });
});
