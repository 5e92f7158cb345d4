import { expect } from 'chai';
import { formatAmount, tryParseQuantity } from '../../../src/upgrade/kubernetes/quantity.ts';

describe('a quantity', () => {
  const READS: readonly [string, number | undefined][] = [
    ['250m', 0.25],
    ['2', 2],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1k', 1000],
    ['1M', 1e6],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1E', 1e18],
    ['12e-1', 1.2],
    ['500u', 0.0005],
    ['', undefined],
    ['1 Gi', undefined],
    ['1GiB', undefined],
    ['many', undefined],
  ];
  for (const [text, expected] of READS)
    it(`reads "${text}"`, () => {
      if (expected === undefined) expect(tryParseQuantity(text)).to.equal(undefined);
      else expect(tryParseQuantity(text)).to.be.closeTo(expected, expected * 1e-12);
    });

  it('is written for a person', () => {
    expect(formatAmount('cpu', 0.25)).to.equal('0.25');
    expect(formatAmount('memory', 2 ** 31)).to.equal('2048Mi');
    expect(formatAmount('ephemeral-storage', 1)).to.equal('1Mi');
    expect(formatAmount('nvidia.com/gpu', 2)).to.equal('2');
  });
});
