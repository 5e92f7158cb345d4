import { expect } from 'chai';
import { parseClusterImages, parseKubeletConfiguration } from '../../../src/steps/adapters/component-yaml.ts';
import { samplesOf } from '../../../src/steps/adapters/exposition.ts';
import { knownHostsFile } from '../../../src/steps/adapters/known-hosts-file.ts';
import { shown } from '../../../src/steps/adapters/shown.ts';
import { matchesHostPattern } from '../../../src/steps/adapters/ssh/host-pattern.ts';
import { KEPT_BYTES, Output } from '../../../src/steps/adapters/ssh/output.ts';
import { StepError } from '../../../src/steps/runtime/step-error.ts';
import { JobLog } from '../../../src/steps/upgrade-node/job-log.ts';

const MB = 1_000_000;

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(StepError);
    return (error as StepError).message;
  }
  throw new Error('nothing was thrown');
}

/** A reader that needs more than linear time takes minutes to years here, and mocha ends the test. */
describe('inputs of 10 MB from outside are read in linear time', () => {
  it('the output of a program in chunks of one byte', () => {
    const told: number[] = [];
    const output = new Output((line) => told.push(line.length));
    const chunk = Buffer.from('x');
    for (let count = 0; count < MB; count++) output.add(chunk);
    output.add(Buffer.from('\nend'));
    expect(output.end()).to.equal(
      `[the first ${MB + 4 - KEPT_BYTES} bytes were cut]\n${'x'.repeat(KEPT_BYTES - 4)}\nend`,
    );
    expect(Math.max(...told)).to.be.lessThan(70_000);
  });

  it('the output of a program in one chunk', () => {
    const output = new Output(() => undefined);
    output.add(Buffer.from(`${'x'.repeat(10 * MB)}end`));
    expect(output.end().slice(-6)).to.equal('xxxend');
  });

  it('the log of a job without an end of a line', () => {
    const log = new JobLog();
    for (let count = 0; count < 160; count++) log.add(new Uint8Array(65_536).fill(count % 2 === 0 ? 120 : 13));
    log.end();
    expect(log.lines.length).to.be.within(100, 300);
  });

  const METRIC = 'apiserver_requested_deprecated_apis';
  const EXPOSITIONS: readonly [string, string][] = [
    ['a name of a label', `${METRIC}{${'A'.repeat(10 * MB)}`],
    ['a label', `${METRIC}{a="${'x'.repeat(10 * MB)}`],
    ['escapes', `${METRIC}{a="${'\\"'.repeat(5 * MB)}`],
    ['braces', `${METRIC}{${'} '.repeat(5 * MB)}`],
    ['blanks', `${METRIC} 1${' '.repeat(10 * MB)}x`],
  ];
  for (const [what, line] of EXPOSITIONS)
    it(`metrics with ${what}`, () => {
      expect(messageOf(() => samplesOf(METRIC, `${line}\n`, 'x'))).to.equal(
        `x has a line of ${METRIC} that cannot be read`,
      );
      expect(samplesOf('other', `${line}\nother 1\n`, 'x')).to.deep.equal([{ labels: {}, value: 1 }]);
    });

  it('patterns of known_hosts', () => {
    expect(matchesHostPattern(`${'*a'.repeat(5 * MB)}b`, 'a'.repeat(253))).to.equal(false);
    expect(matchesHostPattern('*a'.repeat(100), `${'a'.repeat(252)}b`)).to.equal(false);
    expect(matchesHostPattern('*a'.repeat(100), 'a'.repeat(253))).to.equal(true);
    expect(matchesHostPattern('*', 'a'.repeat(10 * MB))).to.equal(false);
  });

  it('known_hosts that cannot be read', () => {
    const text = 'x '.repeat(MB);
    expect(
      messageOf(() =>
        knownHostsFile(text, {
          place: 'ssh_known_hosts',
          port: 22,
          log: () => undefined,
          nodes: () => Promise.resolve([]),
        }),
      ),
    ).to.equal('cannot read ssh_known_hosts:1: expected "<hosts> <type> <base64>", as ssh-keyscan prints it');
  });
});

describe('a configuration that the YAML library gives up on is named, with what is wrong', () => {
  const WHAT = '/var/lib/kubelet/config.yaml on worker-1';
  const deep = `${WHAT} is not valid YAML: it is nested more than 100 levels deep`;
  /** The anchor is nine times the one before it: 9 to the power of 9 items. */
  const bomb = Array.from({ length: 8 }, (_, at) => `k${at + 1}: &k${at + 1} [${`*k${at},`.repeat(9)}]`);
  const TABLE: readonly [string, string, string][] = [
    [
      'an alias without an anchor',
      'kind: *x',
      `${WHAT} is not valid YAML: Unresolved alias (the anchor must be set before the alias): x`,
    ],
    [
      'aliases of aliases',
      `k0: &k0 [1, 1, 1]\n${bomb.join('\n')}`,
      `${WHAT} is not valid YAML: Excessive alias count indicates a resource exhaustion attack`,
    ],
    ['an alias in itself', 'kind: &x [*x]', `${WHAT} is not valid YAML: the alias *x is in itself`],
    ['lists in lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, deep],
    ['lists in lists, few', `a: ${'['.repeat(250)}${']'.repeat(250)}`, deep],
    ['items in items', '- '.repeat(10_000), deep],
    ['a list for a key', '? [a]\n: b', `${WHAT} is not valid YAML: a key of it is not a text`],
    ['a key twice', 'kind: a\nkind: b', `${WHAT} is not valid YAML: the key "kind" is there twice`],
    ['10 MB', 'x'.repeat(10 * MB), `${WHAT} has 10000000 characters, expected at most 131072`],
  ];
  for (const [what, text, message] of TABLE)
    it(what, () => {
      expect(messageOf(() => parseKubeletConfiguration(text, WHAT))).to.equal(message);
      expect(messageOf(() => parseClusterImages(text, WHAT))).to.equal(message);
    });

  it('but anchors that end are read', () => {
    const text = 'kind: KubeletConfiguration\nother: &x [1, 2]\nmore: *x\nfailCgroupV1: true\n';
    expect(parseKubeletConfiguration(text, WHAT).failCgroupV1).to.equal(true);
  });
});

describe('a value from outside in a message', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const TABLE: readonly [unknown, string][] = [
    ['text', 'text'],
    ['x'.repeat(10 * MB), 'x'.repeat(200)],
    [{ toString: 1 }, '{"toString":1}'],
    [nested, 'a value that is nested too deeply'],
    [undefined, 'undefined'],
    [null, 'null'],
  ];
  for (const [value, text] of TABLE)
    it(`is ${text.slice(0, 40)}`, () => {
      expect(shown(value)).to.equal(text);
    });
});
