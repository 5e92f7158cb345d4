import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { shellWord } from '../../src/text/shell.ts';
import { runs } from '../support/long.ts';

const echoed = (...words: string[]): string =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' });

describe('a shell word', () => {
  it('is left as it is when nothing in it is special', () => {
    for (const word of ['/etc/apt/sources.list.d/k8s.list', 'https://pkgs.k8s.io/core:/stable:/', '--a=b,c', 'v1.34.9'])
      expect(shellWord(word)).to.equal(word);
  });

  const ODD = [
    '',
    ' ',
    "it's",
    '$(reboot)',
    '`reboot`',
    '; reboot',
    'a\nb',
    '*',
    '~',
    '"',
    '\\',
    '-n',
    'é',
    '#x',
    '!',
    '&',
  ];
  for (const word of ODD)
    it(`${JSON.stringify(word)} reaches the program as one word, unchanged`, () => {
      expect(echoed(word)).to.equal(`${word}\0`);
    });

  it('law: any words without NUL reach the program as they are', () => {
    const anyWord = fc.string({ unit: 'binary' }).map((word) => word.replaceAll('\0', '').toWellFormed());
    const anyShellText = fc.string({ unit: fc.constantFrom(...`'"\\$\`;&|<>(){}*?[]~# \n\tab-`.split('')) });
    fc.assert(
      fc.property(fc.array(fc.oneof(anyWord, anyShellText), { minLength: 1, maxLength: 20 }), (words) => {
        expect(echoed(...words)).to.equal(words.map((word) => `${word}\0`).join(''));
      }),
      runs(60),
    );
  });
});
