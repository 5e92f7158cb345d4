import { expect } from 'chai';
import fc from 'fast-check';
import { nextName, outdated, type SnapshotFile } from '../../src/upgrade/snapshot-files.ts';

const NOW = Date.UTC(2026, 10, 24, 22, 30, 5, 678);
const HOUR_MS = 3_600_000;
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
    expect(outdated(old, ADDED, 3, NOW)).to.deep.equal(['etcd-20251231T000000Z.db']);
    expect(outdated(old, ADDED, 1, NOW)).to.have.length(3);
    expect(outdated(old, ADDED, 9, NOW)).to.deep.equal([]);
  });

  it('that a Job left behind go after a day, those of one at work stay', () => {
    const left = (name: string, hours: number): SnapshotFile => ({
      name,
      bytes: 1,
      changedAtMs: NOW - hours * HOUR_MS,
    });
    const seen = [
      left('incoming-backup-1-abcde.db', 25),
      left('incoming-backup-1-abcde.db.part', 25),
      left('incoming-backup-2-abcde.db', 23),
    ];
    expect(outdated(seen, ADDED, 3, NOW)).to.deep.equal([
      'incoming-backup-1-abcde.db',
      'incoming-backup-1-abcde.db.part',
    ]);
  });

  it('of somebody else are never touched, whatever their age', () => {
    const others = [
      ...['etcd.db', 'etcd-20261124T223005Z.db.gz', 'my-etcd-20251124T223005Z.db', 'etcd-2025.db', 'Incoming-x.db'],
      ...['incoming-x.tar', 'backup.db', 'etcd-20251124T223005Z.db ', 'incoming-.db'],
    ];
    expect(
      outdated(
        others.map((name) => ({ name, bytes: 1, changedAtMs: 0 })),
        ADDED,
        1,
        NOW,
      ),
    ).to.deep.equal([]);
  });

  it('keep the newest ones, and the new one always', () => {
    const anyName = fc
      .date({ min: new Date(0), max: new Date(NOW - 1000), noInvalidDate: true })
      .map((date) => nextName([], date.getTime()));
    fc.assert(
      fc.property(fc.uniqueArray(anyName), fc.integer({ min: 1, max: 9 }), (names, keep) => {
        const gone = outdated(files(...names), ADDED, keep, NOW);
        const kept = [...names, ADDED].filter((name) => !gone.includes(name)).sort();
        expect(kept).to.deep.equal([...names, ADDED].sort().slice(-keep));
        expect(gone).to.not.include(ADDED);
      }),
    );
  });
});
