import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { snapshotFolder } from '../../../src/steps/adapters/snapshot-folder.ts';
import { failureOf } from '../../support/failure.ts';
import { describeSnapshotFolder } from '../ports/snapshot-folder.suite.ts';

describeSnapshotFolder('a real folder', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'snapshots-'));
  return {
    folder: snapshotFolder(dir),
    add: async (name) => {
      writeFileSync(join(dir, name), 'etcd');
    },
    end: async () => {
      rmSync(dir, { recursive: true });
    },
  };
});

describe('a real folder of snapshots', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'snapshots-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('lets nobody but its owner read what it keeps', async () => {
    writeFileSync(join(dir, 'a.db'), 'etcd', { mode: 0o644 });
    await snapshotFolder(dir).publish('a.db', 'b.db');
    expect(statSync(join(dir, 'b.db')).mode & 0o777).to.equal(0o600);
  });

  it('shows neither folders nor links', async () => {
    mkdirSync(join(dir, 'folder'));
    symlinkSync('/etc/hostname', join(dir, 'link'));
    expect(await snapshotFolder(dir).files()).to.deep.equal([]);
  });

  it('that is not there is refused, with its name', async () => {
    const error = await failureOf(snapshotFolder(join(dir, 'nowhere')).files());
    expect(error).to.include({ exitCode: 77 });
    expect(error)
      .to.have.property('message')
      .that.matches(/^could not list .*nowhere: ENOENT/);
  });
});
