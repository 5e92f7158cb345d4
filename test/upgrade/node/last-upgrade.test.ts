import { expect } from 'chai';
import fc from 'fast-check';
import { formatLastUpgrade, tryParseLastUpgrade } from '../../../src/upgrade/node/last-upgrade.ts';
import { usualSeconds } from '../../../src/run/estimate.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aControlPlane, aNode, anyVersion, FROM, TO } from '../../support/builders.ts';

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
      { run: fc.string(), from: anyVersion, to: anyVersion, finishedAtMs: fc.nat(4e12), seconds: fc.nat(604_800) },
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

  it('refuses a duration that is none', () => {
    const text = (seconds: string): string =>
      `{"run":"r","from":"1.34.9","to":"1.34.10","finishedAt":"2026-11-24T01:02:03.000Z","seconds":${seconds}}`;
    for (const seconds of ['-1', '604801', '1e999', 'null', '"60"', '[60]'])
      expect(tryParseLastUpgrade(text(seconds)), seconds).to.equal(undefined);
    expect(tryParseLastUpgrade(text('604800'))).to.include({ seconds: 604_800 });
  });

  const claims = (...seconds: number[]) => seconds.map((each, index) => aNode(`w${index + 1}`, took(each)));
  const fresh = aNode('new');
  const TABLE: [string, readonly ClusterNode[], number | undefined][] = [
    ['its own, where it has one', [aNode('new', took(5)), ...claims(300, 300, 300)], 5],
    ['the median of what the others of its role say', [fresh, ...claims(300, 400, 1800)], 400],
    ['the lower median', [fresh, ...claims(300, 400, 500, 604_800)], 400],
    ['nothing that fewer than three workers say', [fresh, ...claims(300, 604_800)], undefined],
    [
      'nothing that nodes of the other role say',
      [fresh, ...['cp1', 'cp2', 'cp3'].map((name) => aControlPlane(name, took(9)))],
      undefined,
    ],
  ];
  for (const [promise, nodes, seconds] of TABLE)
    it(`tells how long a node is expected to take: ${promise}`, () => {
      expect(usualSeconds(nodes[0] ?? fresh, nodes)).to.equal(seconds);
    });

  it('tells of a control-plane node what another one took', () => {
    const nodes = [aControlPlane('cp1', took(900)), aControlPlane('cp2')] as const;
    expect(usualSeconds(nodes[1], nodes)).to.equal(900);
  });

  it('law: one worker changes nothing that is expected of another beyond what the others say', () => {
    const seconds = fc.integer({ min: 0, max: 604_800 });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 3, maxLength: 9 }), seconds, (honest, claim) => {
        const expected = usualSeconds(fresh, [fresh, ...claims(claim, ...honest)]) ?? 0;
        expect(expected).to.be.within(Math.min(...honest), Math.max(...honest));
      }),
    );
  });
});
