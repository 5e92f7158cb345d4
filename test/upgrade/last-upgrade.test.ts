import { expect } from 'chai';
import fc from 'fast-check';
import { formatLastUpgrade, tryParseLastUpgrade, usualSeconds } from '../../src/upgrade/last-upgrade.ts';
import { aControlPlane, aNode, anyVersion, FROM, TO } from '../support/builders.ts';

const took = (seconds: number) => ({ lastUpgrade: { run: 'r', from: FROM, to: TO, finishedAtMs: 0, seconds } });

describe('what a node remembers of its last upgrade', () => {
  it('is one line of JSON', () => {
    const last = { run: 'r', from: FROM, to: TO, finishedAtMs: Date.UTC(2026, 10, 24, 1, 2, 3), seconds: 754 };
    expect(formatLastUpgrade(last)).to.equal(
      '{"run":"r","from":"1.34.9","to":"1.34.10","finishedAt":"2026-11-24T01:02:03.000Z","seconds":754}',
    );
  });

  it('law: what is written is read back the same', () => {
    const any = fc.record(
      { run: fc.string(), from: anyVersion, to: anyVersion, finishedAtMs: fc.nat(4e12), seconds: fc.nat() },
      { requiredKeys: ['run', 'from', 'to', 'finishedAtMs'] },
    );
    fc.assert(
      fc.property(any, (last) => {
        expect(tryParseLastUpgrade(formatLastUpgrade(last))).to.deep.equal(last);
      }),
    );
  });

  it('law: any other text is none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(tryParseLastUpgrade(text)).to.equal(undefined);
      }),
    );
  });

  it('tells how long a node usually takes: as long as the longest of its kind', () => {
    const nodes = [
      aControlPlane('cp1', took(900)),
      aNode('w1', took(300)),
      aNode('w2', took(400)),
      aNode('w3'),
      aNode('w4', { lastUpgrade: { run: 'r', from: FROM, to: TO, finishedAtMs: 0 } }),
    ] as const;
    expect(usualSeconds(nodes[3], nodes)).to.equal(400);
    expect(usualSeconds(nodes[0], nodes)).to.equal(900);
  });

  it('tells nothing while no node of its kind remembers', () => {
    const nodes = [aControlPlane('cp1', took(900)), aNode('w1')] as const;
    expect(usualSeconds(nodes[1], nodes)).to.equal(undefined);
  });
});
