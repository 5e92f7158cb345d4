import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { compareFolders, describeChanges, listFiles } from '../../src/synth/changes.ts';
import { KUSTOMIZATION, writeKustomization } from '../../src/synth/kustomization.ts';
import { removeOwn } from '../../src/synth/own-folder.ts';
import { ForeignFiles, replaceFolder } from '../../src/synth/replace-folder.ts';

describe('a folder that is replaced whole or not at all', () => {
  let parent = '';
  let dist = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'replace-'));
    dist = join(parent, 'dist');
  });
  afterEach(() => {
    rmSync(parent, { recursive: true });
  });
  const write = (folder: string, files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  /** As synth writes it: each folder with its list. */
  const writeOwn = (folder: string, files: Readonly<Record<string, string>>): void => {
    write(folder, files);
    for (const cluster of readdirSync(folder)) writeKustomization(join(folder, cluster));
  };
  const filling =
    (files: Readonly<Record<string, string>>) =>
    (empty: string): void => {
      writeOwn(empty, files);
    };
  /** Every file but the lists. */
  const seen = (folder = dist): object =>
    Object.fromEntries([...listFiles(folder)].filter(([path]) => !path.endsWith(KUSTOMIZATION)));
  const OLD = { 'a/one.yaml': 'one', 'a/two.yaml': 'two', 'gone/x.yaml': 'x' };
  const NEW = { 'a/one.yaml': 'one', 'a/two.yaml': 'other', 'b/new.yaml': 'new' };

  it('holds what was written, nothing else, and nothing lies beside it', () => {
    writeOwn(dist, OLD);
    replaceFolder(dist, filling(NEW));
    expect(seen()).to.deep.equal(NEW);
    expect(readdirSync(dist).sort()).to.deep.equal(['a', 'b']);
    expect(readdirSync(parent)).to.deep.equal(['dist']);
  });

  it('replaces the files of a layout that a release up to 0.1.0 wrote, and refuses when there is any other', () => {
    const names = ['Namespace.k8s-upgrade', 'Role.k8s-upgrade-drain-in-kube-system', 'WorkflowTemplate.k8s-upgrade'];
    const layout = Object.fromEntries(names.map((name) => [`prod/${name}.yaml`, name]));
    const now = { 'prod/00-namespace.yaml': 'Namespace', 'prod/30-rbac.yaml': 'Role' };
    writeOwn(dist, layout);
    write(dist, { 'prod/mine.yaml': 'mine' });
    const before = seen();
    expect(() => replaceFolder(dist, filling(now))).to.throw('prod/mine.yaml');
    expect(seen()).to.deep.equal(before);
    rmSync(join(dist, 'prod/mine.yaml'));
    expect(replaceFolder(dist, filling(now)).removed).to.deep.equal(names.map((name) => `prod/${name}.yaml`));
    expect(seen()).to.deep.equal(now);
    expect(readdirSync(join(dist, 'prod')).sort()).to.deep.equal([
      '00-namespace.yaml',
      '30-rbac.yaml',
      'Kustomization',
    ]);
  });

  it('says what is different', () => {
    writeOwn(dist, OLD);
    expect(replaceFolder(dist, filling(NEW))).to.deep.include({
      added: ['b/Kustomization', 'b/new.yaml'],
      changed: ['a/two.yaml'],
      removed: ['gone/Kustomization', 'gone/x.yaml'],
      total: 5,
    });
    expect(replaceFolder(dist, filling(NEW))).to.deep.include({ added: [], changed: [], removed: [], total: 5 });
  });

  it('is made when it is not there, with every folder above it', () => {
    dist = join(parent, 'some/where/dist');
    replaceFolder(dist, filling(NEW));
    expect(seen()).to.deep.equal(NEW);
  });

  it('is as open to others as any other new folder', () => {
    replaceFolder(dist, filling(NEW));
    mkdirSync(join(parent, 'other'));
    expect(statSync(dist).mode).to.equal(statSync(join(parent, 'other')).mode);
  });

  it('is as it was when writing fails half way', () => {
    writeOwn(dist, OLD);
    const fail = (empty: string): void => {
      write(empty, { 'a/one.yaml': 'half' });
      throw new Error('disk full');
    };
    expect(() => replaceFolder(dist, fail)).to.throw('disk full');
    expect(seen()).to.deep.equal(OLD);
    rmSync(dist, { recursive: true });
    expect(() => replaceFolder(dist, fail)).to.throw('disk full');
    expect(readdirSync(parent)).to.deep.equal([]);
  });

  const STAGING = '.synth-dist';
  for (const [when, leftovers] of [
    ['while the first list was written', { dist: OLD, [`${STAGING}/new/a`]: {} }],
    ['while it was written', { dist: OLD, [`${STAGING}/new`]: NEW }],
    ['between the two renames', { [`${STAGING}/old`]: OLD, [`${STAGING}/new`]: NEW }],
    ['before the old one was removed', { dist: OLD, [`${STAGING}/old`]: { 'a/older.yaml': 'older' } }],
  ] as const)
    it(`finishes what was interrupted ${when}`, () => {
      for (const [folder, files] of Object.entries(leftovers)) {
        mkdirSync(join(parent, folder), { recursive: true });
        writeOwn(join(parent, folder), files);
      }
      // The list is written first, so a file may be missing.
      if (existsSync(join(parent, STAGING, 'new/b'))) rmSync(join(parent, STAGING, 'new/b/new.yaml'));
      const changes = replaceFolder(dist, filling(OLD));
      expect(changes).to.deep.include({ added: [], changed: [], removed: [], total: 5 });
      expect(readdirSync(parent)).to.deep.equal(['dist']);
    });

  it('leaves what a person put where the interrupted run had its files', () => {
    writeOwn(dist, OLD);
    write(join(parent, STAGING), { 'notes.txt': 'mine', 'old/mine/a.yaml': 'mine' });
    expect(() => replaceFolder(dist, filling(NEW)))
      .to.throw(ForeignFiles)
      .with.property('paths')
      .that.deep.equals(['notes.txt', 'old/mine/']);
    expect(seen()).to.deep.equal(OLD);
    expect(seen(join(parent, STAGING))).to.deep.equal({ 'notes.txt': 'mine', 'old/mine/a.yaml': 'mine' });
  });

  it('refuses a link under the name of the staging folder', () => {
    writeOwn(join(parent, 'elsewhere/old'), OLD);
    symlinkSync(join(parent, 'elsewhere'), join(parent, STAGING));
    expect(() => replaceFolder(dist, filling(NEW))).to.throw(ForeignFiles);
    expect(seen(join(parent, 'elsewhere/old'))).to.deep.equal(OLD);
  });

  it('removes nothing from what takes the place of the folder meanwhile', () => {
    const mine = { 'a/one.yaml': 'mine', 'notes/x.txt': 'mine' };
    write(join(parent, 'mine'), mine);
    for (const swap of [symlinkSync, renameSync]) {
      rmSync(dist, { recursive: true, force: true });
      writeOwn(dist, OLD);
      expect(() =>
        replaceFolder(dist, (empty) => {
          writeOwn(empty, NEW);
          rmSync(dist, { recursive: true });
          swap(join(parent, 'mine'), dist);
        }),
      ).to.throw(ForeignFiles);
      expect(seen(swap === symlinkSync ? join(parent, 'mine') : dist)).to.deep.equal(mine);
    }
  });

  it('is as it was when what was written is not what synth writes', () => {
    writeOwn(dist, OLD);
    const unlisted = (empty: string): void => {
      write(empty, NEW);
    };
    expect(() => replaceFolder(dist, unlisted)).to.throw(ForeignFiles);
    expect(seen()).to.deep.equal(OLD);
    expect(readdirSync(parent)).to.deep.equal(['dist']);
  });

  it('removes a file only when its name is in the list, and a folder only when it is empty', () => {
    writeOwn(dist, OLD);
    write(dist, { 'a/Secret.mine.yaml': 'mine' });
    expect(() => {
      removeOwn(dist);
    }).to.throw('ENOTEMPTY');
    expect(seen()).to.have.property('a/Secret.mine.yaml', 'mine');
  });

  it('comes with a line per file that changed and one for all', () => {
    const files = (record: object) => new Map(Object.entries(record) as [string, string][]);
    expect(describeChanges('/x/dist', compareFolders(files(OLD), files(NEW)))).to.equal(
      [
        '  new      dist/b/new.yaml',
        '  changed  dist/a/two.yaml',
        '  removed  dist/gone/x.yaml',
        'dist/: 3 files, 3 new, changed or removed.',
        '',
      ].join('\n'),
    );
    expect(describeChanges('/x/dist', compareFolders(files(NEW), files(NEW)))).to.equal(
      'dist/: 3 files, nothing changed.\n',
    );
  });

  it('is one line for a cluster that is new, and one for a cluster that is gone', () => {
    const many = (folder: string) =>
      Object.fromEntries(['a', 'b', 'c'].map((file) => [`${folder}/${file}.yaml`, file] as const));
    const before = new Map(Object.entries({ ...many('old'), 'both/a.yaml': '1', marker: '' }));
    const after = new Map(Object.entries({ ...many('fresh'), ...many('both'), marker: '', list: '' }));
    expect(describeChanges('/x/dist', compareFolders(before, after))).to.equal(
      [
        '  new      dist/fresh/ (3 files)',
        '  new      dist/both/b.yaml',
        '  new      dist/both/c.yaml',
        '  new      dist/list',
        '  changed  dist/both/a.yaml',
        '  removed  dist/old/ (3 files)',
        'dist/: 8 files, 10 new, changed or removed.',
        '',
      ].join('\n'),
    );
  });
});
