import { expect } from 'chai';
import fc from 'fast-check';
import { boundedBytes, quoted } from '../../src/text/bounded.ts';
import { inert, isUnresolved } from '../../src/text/inert.ts';

/** Text that is dense in what the four readers of a message take for more than text. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '$', '(', '=', ' ', '\\u007b', '"', '\r', '\n', '\u0007', '\u200b', '\u{1FAE9}', 'é', 'a'],
    ),
  )
  .map((parts) => parts.join(''));
const DANGEROUS = /\{\{|\}\}|\$\(|[^\P{Cc}\n\t]|[\u{E0000}-\u{10FFFF}\u{1FA00}-\u{1FFFF}]/u;

describe('inert text', () => {
  const MADE: readonly [string, string][] = [
    ['{{=1+41}}', '{ {=1+41} }'],
    ['{{workflow.uid}}', '{ {workflow.uid} }'],
    ['{{{{a}}}}', '{ { { {a} } } }'],
    ['$(NODE) $$(NODE)', '$ (NODE) $$ (NODE)'],
    ['{"a":{"b":{}}}', '{"a":{"b":{} } }'],
    ['{\u200b{ {\n{', '{\u200b{ {\n{'],
    ['red \u001b[31m, bell \u0007, del \u007f, c1 \u0085, tag \u{E0001}', 'red �[31m, bell �, del �, c1 �, tag �'],
    ['a freeze 🎄, a rocket 🚀', 'a freeze 🎄, a rocket 🚀'],
    ['a\r\nb\rc\td', 'a\nb\nc\td'],
    ['half \ud83c', 'half �'],
    ['Node w1: v1.34.9, expected v1.34.10.', 'Node w1: v1.34.9, expected v1.34.10.'],
  ];
  for (const [raw, expected] of MADE)
    it(`makes ${JSON.stringify(raw)} ${JSON.stringify(expected)}`, () => {
      expect(inert(raw)).to.equal(expected);
    });

  it('law: holds nothing that Argo, the kubelet or a terminal takes for more than text, wherever it is cut', () => {
    fc.assert(
      fc.property(hostile, fc.nat(200), (text, length) => {
        expect(inert(text)).not.to.match(DANGEROUS);
        expect(boundedBytes(inert(text), length)).not.to.match(DANGEROUS);
        expect(inert(inert(text))).to.equal(inert(text));
      }),
    );
  });

  it('law: JSON stays JSON of the same shape', () => {
    const shape = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? inert(part) : part)));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = inert(JSON.stringify(value));
        expect(text).not.to.match(DANGEROUS);
        expect(() => JSON.parse(text) as unknown).not.to.throw();
      }),
    );
    const nested = [{ name: 'w{{1}}', labels: { a: { b: {} } } }];
    expect(JSON.parse(inert(JSON.stringify(nested)))).to.deep.equal(shape(nested));
  });

  it('law: is never taken for a reference that Argo left unresolved', () => {
    fc.assert(fc.property(hostile, (text) => !isUnresolved(inert(text))));
    expect(isUnresolved(inert('{{workflow.outputs.parameters.reason}}'))).to.equal(false);
    expect(isUnresolved('{{workflow.outputs.parameters.reason}}')).to.equal(true);
    expect(isUnresolved('{{a}} and more')).to.equal(false);
  });
});

describe('bounded text', () => {
  it('is cut between two characters', () => {
    expect([0, 1, 2, 3, 4].map((most) => boundedBytes('aéb', most))).to.deep.equal(['', 'a', 'a', 'aé', 'aéb']);
  });

  it('is quoted on one line, with an ellipsis for what is left out', () => {
    expect(quoted(' a\n b ')).to.equal('a b');
    expect(quoted('x'.repeat(300))).to.equal(`${'x'.repeat(200)}…`);
  });
});
