import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { compareFolders, describeChanges, listFiles } from '../../src/synth/changes.ts';
import { replaceFolder } from '../../src/synth/replace-folder.ts';

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
  const filling =
    (files: Readonly<Record<string, string>>) =>
    (empty: string): void => {
      write(empty, files);
    };
  const seen = (): object => Object.fromEntries(listFiles(dist));
  const OLD = { 'a/one.yaml': 'one', 'a/two.yaml': 'two', 'gone/x.yaml': 'x' };
  const NEW = { 'a/one.yaml': 'one', 'a/two.yaml': 'other', 'b/new.yaml': 'new' };

  it('holds what was written, nothing else, and nothing lies beside it', () => {
    write(dist, OLD);
    replaceFolder(dist, filling(NEW));
    expect(seen()).to.deep.equal(NEW);
    expect(readdirSync(dist).sort()).to.deep.equal(['a', 'b']);
    expect(readdirSync(parent)).to.deep.equal(['dist']);
  });

  it('says what is different', () => {
    write(dist, OLD);
    expect(replaceFolder(dist, filling(NEW))).to.deep.equal({
      added: ['b/new.yaml'],
      changed: ['a/two.yaml'],
      removed: ['gone/x.yaml'],
      total: 3,
    });
    expect(replaceFolder(dist, filling(NEW))).to.deep.equal({ added: [], changed: [], removed: [], total: 3 });
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
    write(dist, OLD);
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

  for (const [when, leftovers] of [
    ['while it was written', { 'dist/a/one.yaml': 'one', '.synth-new-dist/a/half.yaml': 'half' }],
    ['between the two renames', { '.synth-old-dist/a/one.yaml': 'one', '.synth-new-dist/a/whole.yaml': 'whole' }],
    ['before the old one was cleared away', { 'dist/a/one.yaml': 'one', '.synth-old-dist/a/older.yaml': 'older' }],
  ] as const)
    it(`heals what was cut off ${when}`, () => {
      write(parent, leftovers);
      const changes = replaceFolder(dist, filling({ 'a/one.yaml': 'one' }));
      expect(changes).to.deep.equal({ added: [], changed: [], removed: [], total: 1 });
      expect(readdirSync(parent)).to.deep.equal(['dist']);
    });

  it('comes back when the new one cannot take its place', () => {
    write(dist, OLD);
    const vanish = (empty: string): void => {
      renameSync(empty, join(parent, 'elsewhere'));
    };
    expect(() => replaceFolder(dist, vanish)).to.throw('ENOENT');
    expect(seen()).to.deep.equal(OLD);
    expect(existsSync(join(parent, '.synth-old-dist'))).to.be.false;
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
});
