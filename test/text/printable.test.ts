import { expect } from 'chai';
import fc from 'fast-check';
import { endOf } from '../../src/cli/program.ts';
import { unexpected } from '../../src/steps/runtime/step-error.ts';
import { printable } from '../../src/text/printable.ts';

describe('printable text', () => {
  for (const [raw, expected] of [
    [
      'red \u001b[31m, title \u001b]0;x\u0007, c1 \u009b2J, del \u007f',
      'red \uFFFD[31m, title \uFFFD]0;x\uFFFD, c1 \uFFFD2J, del \uFFFD',
    ],
    ['right \u202e to left \u2066', 'right \uFFFD to left \uFFFD'],
    ['0%\r100%\r\ndone\n\tindented', '0%\n100%\ndone\n\tindented'],
    ['é, 漢, 🎄, {{braces}} and $(words)', 'é, 漢, 🎄, {{braces}} and $(words)'],
  ] as const)
    it(`makes ${JSON.stringify(raw)} ${JSON.stringify(expected)}`, () => {
      expect(printable(raw)).to.equal(expected);
    });

  it('law: holds no character that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.to.match(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });

  it('is what a command says of an error: an annotation of a Node moves no cursor', () => {
    const said: string[] = [];
    endOf('plan', unexpected('its annotation is no upgrade record: \u001b[2J'), (text) => said.push(text));
    expect(said).to.deep.equal(['plan: its annotation is no upgrade record: \uFFFD[2J\n']);
  });
});
