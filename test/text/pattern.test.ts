import { expect } from 'chai';
import fc from 'fast-check';
import { Pattern } from '../../src/text/pattern/pattern.ts';
import { runs } from '../support/long.ts';

/** The message with which a pattern is refused; undefined when it is accepted. */
function refusal(source: string): string | undefined {
  try {
    new Pattern(source);
    return undefined;
  } catch (error) {
    return (error as RangeError).message;
  }
}

describe('a pattern of the settings', () => {
  const TABLE: readonly [string, string][] = [
    ['Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)', '21:30  Backup done: /a (b) (12 bytes) (34 bytes)!'],
    ['^v(.+)-custom$', 'v1.2.3-custom'],
    ['^v(.+)-custom$', 'v1.2.3-custom\n'],
    ['^(?:Kube.*|etcd[A-Z]\\w+)$', 'etcdNoLeader'],
    ['v(\\d+(?:\\.\\d+){1,3})', 'release-v1.2.3.4.5'],
    ['(a+?)(b*)(c??)', 'xaabbc'],
    ['(?:(a)|(b))+', 'ab'],
    ['(z)((a+)?(b+)?(c))*', 'zaacbbbcac'],
    ['\\bcat\\B.', 'a cats'],
    ['a{2}b{1,}c{0,2}d{,2}', 'aabbccd{,2}'],
    ['[^\\d\\s-]+|[]]|[^]', '12 ]'],
    ['\\x41\\u0042\\.\\/\\t', 'AB./\t'],
    ['(?:)', ''],
    ['', 'abc'],
    ['a|', 'b'],
    ['.', '\n'],
  ];
  for (const [source, text] of TABLE)
    it(`finds in ${JSON.stringify(text)} what JavaScript finds by /${source}/`, () => {
      const expected = new RegExp(source).exec(text);
      const pattern = new Pattern(source);
      expect(pattern.exec(text)).to.deep.equal(expected === null ? null : [...expected]);
      expect(pattern.groups(text)).to.deep.equal(expected === null ? undefined : { ...expected.groups });
    });

  it('law: finds what JavaScript finds, or is refused', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[^a]', '\\w', '-', '\\b', '^', '$');
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => `${left}${right}`),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => `(?:${left}|${right})`),
        fc
          .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,3}?'))
          .map(([body, quantifier]) => `(${body})${quantifier}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
    const tries = runs(2000);
    let accepted = 0;
    fc.assert(
      fc.property(tree, text, (source, subject) => {
        const because = refusal(source);
        if (because !== undefined) {
          expect(because).to.match(/^it repeats \(.+\) what may be empty$|^it repeats too much$/);
          return;
        }
        accepted++;
        const expected = new RegExp(source).exec(subject);
        expect(new Pattern(source).exec(subject)).to.deep.equal(expected === null ? null : [...expected]);
      }),
      tries,
    );
    expect(accepted).to.be.greaterThan(tries.numRuns / 4);
  });

  const REFUSED: readonly [string, string][] = [
    ['(a', 'it is not valid'],
    ['a**', 'it is not valid'],
    ['(?=a)b', 'it has what is not supported: (?=a'],
    ['(?<!a)b', 'it has what is not supported: (?<!'],
    ['(a)\\1', 'it has what is not supported: \\1'],
    ['(?<a>x)\\k<a>', 'it has what is not supported: \\k<a'],
    ['(a*)*', 'it repeats (*) what may be empty'],
    ['(?:a|)?b', 'it repeats (?) what may be empty'],
    ['(?<a>x)|(?<a>y)', 'it has two groups a'],
    ['((a{100}){100}){100}', 'it repeats too much'],
    ['(?:a{0,100}b){900}', 'it repeats too much'],
  ];
  for (const [source, because] of REFUSED)
    it(`is refused: /${source}/`, () => {
      expect(refusal(source)).to.equal(because);
    });

  it('is matched in linear time, whatever it is', () => {
    const long = 'a'.repeat(50_000);
    for (const source of [
      '^(?:a+)+$',
      '^(?:a|aa)+b',
      '(?:a+b?)+c',
      'a*a*a*a*$(?:b)',
      '(?<file>.+) \\((?<bytes>[0-9]+)',
    ])
      expect(new Pattern(source).exec(`${long}!`), source).to.equal(null);
  });
});
