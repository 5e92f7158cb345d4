import { expect } from 'chai';
import fc from 'fast-check';
import {
  formatUpgradeRecord,
  upgradeRecordAnnotation,
  UPGRADE_PHASES,
  parseUpgradeRecord,
} from '../../../src/upgrade/node/upgrade-record.ts';
import { aRecord, anyUpgradeRecord } from '../../support/builders.ts';

describe('the upgrade record of a node', () => {
  it('is one line of JSON under the prefix of the settings', () => {
    expect(upgradeRecordAnnotation('argo-kubeadm-upgrade.io/')).to.equal('argo-kubeadm-upgrade.io/ledger');
    expect(formatUpgradeRecord(aRecord())).to.equal(
      '{"run":"uid-of-this-run","from":"1.34.9","to":"1.34.10","phase":"draining","cordonedByUs":true}',
    );
  });

  it('says when it was opened, where that is known; one of an older release does not', () => {
    const opened = aRecord({ startedAtMs: Date.UTC(2026, 10, 24, 1, 2, 3) });
    expect(formatUpgradeRecord(opened)).to.equal(
      '{"run":"uid-of-this-run","from":"1.34.9","to":"1.34.10","phase":"draining","cordonedByUs":true,"startedAt":"2026-11-24T01:02:03.000Z"}',
    );
    expect(parseUpgradeRecord(formatUpgradeRecord(opened))).to.deep.equal(opened);
    for (const startedAt of ['soon', 7, null]) {
      const text = JSON.stringify({ ...(JSON.parse(formatUpgradeRecord(aRecord())) as object), startedAt });
      expect(() => parseUpgradeRecord(text), text).to.throw(RangeError);
    }
  });

  it('law: what is written is read back the same', () => {
    fc.assert(
      fc.property(anyUpgradeRecord, (upgradeRecord) => {
        expect(parseUpgradeRecord(formatUpgradeRecord(upgradeRecord))).to.deep.equal(upgradeRecord);
      }),
    );
  });

  it('ignores what a later version may add', () => {
    const text = formatUpgradeRecord(aRecord()).replace('{', '{"later":1,');
    expect(parseUpgradeRecord(text)).to.deep.equal(aRecord());
  });

  describe('is never taken for none when it cannot be read', () => {
    const whole = JSON.parse(formatUpgradeRecord(aRecord())) as Record<string, unknown>;
    const spoiled = Object.keys(whole).flatMap((key) =>
      [undefined, null, 7, {}, key === 'run' ? false : 'nonsense'].map((value) =>
        JSON.stringify({ ...whole, [key]: value }),
      ),
    );
    for (const text of ['', ' ', 'null', '{}', '[]', '"draining"', 'true', '{"run":', ...spoiled])
      it(JSON.stringify(text), () => {
        expect(() => parseUpgradeRecord(text)).to.throw(RangeError, `unreadable upgrade record: ${text}`);
      });

    it('law: any text is read whole or refused', () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
          try {
            expect(UPGRADE_PHASES).to.include(parseUpgradeRecord(text).phase);
          } catch (error) {
            expect(error).to.be.instanceOf(RangeError);
          }
        }),
      );
    });
  });
});
