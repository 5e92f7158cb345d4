import { expect } from 'chai';
import { reconcileOnce } from '../../../src/steps/runtime/reconcile.ts';
import { carryOut } from '../../../src/steps/keep-snapshot/act.ts';
import type { KeepSnapshotInput } from '../../../src/steps/keep-snapshot/contract.ts';
import { decide } from '../../../src/steps/keep-snapshot/decide.ts';
import { observe } from '../../../src/steps/keep-snapshot/observe.ts';
import { snapshot } from '../../../src/settings/snapshot.ts';
import { findSnapshot } from '../../../src/upgrade/etcd/snapshot.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeSnapshotFolder } from '../../support/fakes/snapshot-folder.ts';

const INCOMING = 'incoming-k8s-upgrade-etcd-backup-1-x7k2p.db';
const WISH: KeepSnapshotInput = {
  node: 'cp1',
  hostFolder: '/var/lib/k8s-upgrade-etcd-backup',
  incoming: INCOMING,
  staleSeconds: 1200,
  minimumBytes: 1024,
  keep: 2,
};

describe('keep-snapshot', () => {
  let [folder, lines] = [new FakeSnapshotFolder(), [] as string[]];
  beforeEach(() => {
    [folder, lines] = [new FakeSnapshotFolder(), []];
  });
  const keep = (input = WISH): Promise<void> => {
    const log = (line: string): void => void lines.push(line);
    return reconcileOnce(
      {
        observe: () => observe(folder, new FakeClock()),
        decide: (facts) => decide(facts, input),
        act: (change) => carryOut(change, folder, log),
      },
      log,
    );
  };

  it('gives the verified file its name before it removes an old one, and says last where it is', async () => {
    const left = 'incoming-k8s-upgrade-etcd-backup-0-abcde.db';
    for (const name of ['etcd-20261122T010000Z.db', 'etcd-20261123T010000Z.db', 'notes.txt', left, INCOMING])
      folder.add(name);
    await keep();
    expect(folder.changes).to.deep.equal([
      ...['publish etcd-20261124T010000Z.db', 'remove etcd-20261122T010000Z.db', `remove ${left}`],
    ]);
    expect(folder.names).to.deep.equal(['etcd-20261123T010000Z.db', 'etcd-20261124T010000Z.db', 'notes.txt']);
    expect(lines).to.deep.equal([
      `${INCOMING} becomes etcd-20261124T010000Z.db; removed: etcd-20261122T010000Z.db, ${left}.`,
      'Backup done: cp1:/var/lib/k8s-upgrade-etcd-backup/etcd-20261124T010000Z.db (4096 bytes)',
    ]);
  });

  it('says it in the words that the step snapshot reads, by default', async () => {
    folder.add(INCOMING);
    await keep();
    const pattern = snapshot.members.logPattern.default ?? '';
    expect(findSnapshot(`21:30:05  ${lines.join('\n21:30:05  ')}\n`, pattern, 1024)).to.deep.equal({
      file: 'cp1:/var/lib/k8s-upgrade-etcd-backup/etcd-20261124T010000Z.db',
      bytes: 4096,
    });
  });

  it('refuses when nothing was saved, and removes nothing', async () => {
    for (const name of ['etcd-20261121T010000Z.db', 'etcd-20261122T010000Z.db', 'etcd-20261123T010000Z.db'])
      folder.add(name);
    expect(await failureOf(keep())).to.include({
      exitCode: 77,
      message: `There is no /var/lib/k8s-upgrade-etcd-backup/${INCOMING} on cp1: etcdctl saved none.`,
    });
    expect(folder.changes).to.deep.equal([]);
  });

  it('refuses what is too small to be one', async () => {
    folder.add(INCOMING, 1023);
    expect(await failureOf(keep())).to.include({
      exitCode: 77,
      message: `/var/lib/k8s-upgrade-etcd-backup/${INCOMING} on cp1 has 1023 bytes, expected at least 1024: that is no snapshot of etcd.`,
    });
    expect(folder.names).to.deep.equal([INCOMING]);
  });

  describe('before one is saved', () => {
    const BEFORE = { ...WISH, incoming: undefined };
    const HOUR_AGO = new FakeClock().now() - 3_600_000;

    it('removes what died Jobs have left, on the volume of etcd more often than not, and no snapshot', async () => {
      folder.add('incoming-backup-1-aaaaa.db', 4096, HOUR_AGO);
      folder.add('incoming-backup-1-bbbbb.db.part', 4096, HOUR_AGO);
      for (const name of ['etcd-20261121T010000Z.db', 'etcd-20261122T010000Z.db', 'etcd-20261123T010000Z.db'])
        folder.add(name, 4096, HOUR_AGO);
      await keep(BEFORE);
      expect(folder.changes).to.deep.equal([
        'remove incoming-backup-1-aaaaa.db',
        'remove incoming-backup-1-bbbbb.db.part',
      ]);
      expect(lines).to.deep.equal([
        'Left behind by Jobs that died, removed: incoming-backup-1-aaaaa.db, incoming-backup-1-bbbbb.db.part.',
      ]);
    });

    it('leaves what another Job may still be writing, and says that there is nothing', async () => {
      folder.add(INCOMING, 4096, new FakeClock().now());
      await keep(BEFORE);
      expect(folder.names).to.deep.equal([INCOMING]);
      expect(lines).to.deep.equal(['No Job has left anything behind in /var/lib/k8s-upgrade-etcd-backup on cp1.']);
    });
  });
});
