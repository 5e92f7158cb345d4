import { expect } from 'chai';
import fc from 'fast-check';
import { staleFiles, nextName, expiredSnapshots, type SnapshotFile } from '../../../src/upgrade/etcd/snapshot-files.ts';

const NOW = Date.UTC(2026, 10, 24, 22, 30, 5, 678);
const files = (...names: string[]): SnapshotFile[] => names.map((name) => ({ name, bytes: 1, changedAtMs: NOW }));
const ADDED = 'etcd-20261124T223005Z.db';

describe('the files of snapshots', () => {
  it('are named after the second in which they were kept', () => {
    expect(nextName([], NOW)).to.equal(ADDED);
  });

  it('never share a name', () => {
    expect(nextName(files(ADDED, 'etcd-20261124T223006Z.db'), NOW)).to.equal('etcd-20261124T223007Z.db');
  });

  it('go when there are enough newer ones', () => {
    const old = files('etcd-20261122T223005Z.db', 'etcd-20261123T223005Z.db', 'etcd-20251231T000000Z.db');
    expect(expiredSnapshots(old, ADDED, 3)).to.deep.equal(['etcd-20251231T000000Z.db']);
    expect(expiredSnapshots(old, ADDED, 1)).to.have.length(3);
    expect(expiredSnapshots(old, ADDED, 9)).to.deep.equal([]);
  });

  it('that a Job left behind are those older than a Job takes', () => {
    const left = (name: string, seconds: number): SnapshotFile => ({
      ...{ name, bytes: 1, changedAtMs: NOW - seconds * 1000 },
    });
    const seen = [
      left('incoming-backup-1-abcde.db.part', 1201),
      left('incoming-backup-1-abcde.db', 1201),
      left('incoming-backup-2-abcde.db', 1200),
      left(ADDED, 9999),
    ];
    expect(staleFiles(seen, NOW, 1200)).to.deep.equal([
      'incoming-backup-1-abcde.db',
      'incoming-backup-1-abcde.db.part',
    ]);
  });

  it('of somebody else are never touched, whatever their age', () => {
    const others = [
      ...['etcd.db', 'etcd-20261124T223005Z.db.gz', 'my-etcd-20251124T223005Z.db', 'etcd-2025.db', 'Incoming-x.db'],
      ...['incoming-x.tar', 'backup.db', 'etcd-20251124T223005Z.db ', 'incoming-.db'],
    ];
    const seen = others.map((name) => ({ name, bytes: 1, changedAtMs: 0 }));
    expect([...expiredSnapshots(seen, ADDED, 1), ...staleFiles(seen, NOW, 0)]).to.deep.equal([]);
  });

  it('keep the newest ones, and the new one always', () => {
    const anyName = fc
      .date({ min: new Date(0), max: new Date(NOW - 1000), noInvalidDate: true })
      .map((date) => nextName([], date.getTime()));
    fc.assert(
      fc.property(fc.uniqueArray(anyName), fc.integer({ min: 1, max: 9 }), (names, keep) => {
        const gone = expiredSnapshots(files(...names), ADDED, keep);
        const kept = [...names, ADDED].filter((name) => !gone.includes(name)).sort();
        expect(kept).to.deep.equal([...names, ADDED].sort().slice(-keep));
        expect(gone).to.not.include(ADDED);
      }),
    );
  });
});
