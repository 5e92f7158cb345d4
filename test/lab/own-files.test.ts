import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { recordPath } from '../../lab/kit/record.ts';

const LAB = resolve('lab');
const MARKER = '.argo-kubeadm-upgrade-lab';

describe('what the lab removes', () => {
  let dir = '';
  let cache = '';
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'own-')));
    cache = join(dir, 'cache');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const write = (...files: readonly string[]): void => {
    for (const file of files) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), 'mine');
    }
  };
  /**
   * Runs a line of shell with the functions of the lab. Returns its status and its last line.
   * Pipes of Node are sockets. A bash with a socket as input takes itself for one of rshd and reads the bashrc of the machine,
   * so `--norc` is needed.
   */
  const shell = (line: string, env: Readonly<Record<string, string>> = {}): [status: number | null, said: string] => {
    const { status, stderr } = spawnSync(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', `source ${LAB}/lib/common.sh\n${line}`],
      {
        encoding: 'utf8',
        env: { ...process.env, AKU_CACHE: cache, AKU_LAB: '', HOME: join(dir, 'home'), TMPDIR: dir, ...env },
      },
    );
    return [status, stderr.trim().split('\n').at(-1) ?? ''];
  };
  const remove = (path: string, env = {}): [number | null, string] => shell(`remove_tree '${path}'`, env);
  const refused = (path: string): [number, string] => [
    1,
    `lab: ${path} is not removed: it is not below ${cache}, or ${cache} has no ${MARKER}`,
  ];

  it('is what is below its own cache', () => {
    write(`cache/${MARKER}`, 'cache/run/nodes/cp1/x', 'cache/tools/y');
    expect(remove(join(cache, 'run'))).to.deep.equal([0, '']);
    expect(readdirSync(cache).sort()).to.deep.equal([MARKER, 'tools']);
    expect(remove(join(cache, 'run'))).to.deep.equal([0, '']);
  });

  it('is what it made in the folder for temporary files', () => {
    expect(shell('made=$(scratch); touch "$made/x"; remove_tree "$made"')).to.deep.equal([0, '']);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('is nothing else: not the cache itself, its mark, what is beside it, or what a path leads to', () => {
    write(`cache/${MARKER}`, 'cache/x/y', 'cache-2/x', 'home/x', 'aku-lab.x/y', 'other/run/x');
    symlinkSync(join(dir, 'other'), join(cache, 'link'));
    for (const path of [
      cache,
      `${cache}/`,
      join(cache, MARKER),
      `${cache}/.`,
      `${cache}/x/..`,
      join(dir, 'cache-2'),
      join(dir, 'home'),
      join(dir, 'aku-lab.x'),
      `${cache}/../home`,
      `${cache}/link/run`,
      dir,
      '/',
    ])
      expect(remove(path), path).to.deep.equal(refused(path));
    for (const path of ['', 'cache', '.', '*'])
      expect(remove(path), path).to.deep.equal([1, `lab: remove_tree: an absolute path is needed (seen: '${path}')`]);
    expect(remove(join(cache, 'link'))).to.deep.equal([0, '']);
    expect(existsSync(join(dir, 'other/run/x'))).to.be.true;
  });

  it('is nothing in a cache without its mark', () => {
    write('cache/run/x');
    expect(remove(join(cache, 'run'))).to.deep.equal(refused(join(cache, 'run')));
  });

  it('is nothing when the cache is relative, the home folder, a folder above it, / or above the repository', () => {
    const of = (AKU_CACHE: string): [number | null, string] => remove(join(dir, 'x'), { AKU_CACHE });
    expect(of('cache')).to.deep.equal([1, 'lab: AKU_CACHE is an absolute path (seen: cache)']);
    for (const path of [join(dir, 'home'), dir, '/', `${dir}/home/../home`])
      expect(of(path)).to.deep.equal([
        1,
        `lab: AKU_CACHE is a folder of its own (seen: ${path}, which is or contains ${join(dir, 'home')})`,
      ]);
    const above = dirname(dirname(LAB));
    // The repository may lie below the temporary folder, which holds the home folder of the test as well.
    expect(remove(join(dir, 'x'), { AKU_CACHE: above, HOME: '/nonexistent' })).to.deep.equal([
      1,
      `lab: AKU_CACHE is a folder of its own (seen: ${above}, which is or contains ${dirname(LAB)})`,
    ]);
  });

  it('needs a cache that it made, that was empty, or that an earlier version made', () => {
    expect(shell('own_cache')).to.deep.equal([0, '']);
    expect(readdirSync(cache)).to.deep.equal([MARKER]);
    write('filled/notes.txt', 'old/tools/.argo-cli-v4.1.4.lock');
    mkdirSync(join(dir, 'empty'));
    for (const name of ['old', 'empty']) {
      expect(shell('own_cache', { AKU_CACHE: join(dir, name) })).to.deep.equal([0, '']);
      expect(readdirSync(join(dir, name))).to.include(MARKER);
    }
    const filled = join(dir, 'filled');
    expect(shell('own_cache', { AKU_CACHE: filled })).to.deep.equal([
      1,
      `lab: ${filled} holds files that the lab did not make, and no ${MARKER}: set AKU_CACHE to an empty folder, or to one that does not exist`,
    ]);
    expect(readdirSync(filled)).to.deep.equal(['notes.txt']);
  });

  it('is an old folder of the same name and another hash, and none that only begins so', () => {
    const hash = (digit: string): string => digit.repeat(12);
    write(`cache/${MARKER}`, ...['1', '2'].map((digit) => `cache/images-${hash(digit)}/x`), 'cache/images-of-mine/x');
    expect(shell(`touch -d '3 days ago' "$CACHE"/*; forget_others "$CACHE/images-${hash('1')}"`)).to.deep.equal([
      0,
      '',
    ]);
    expect(readdirSync(cache).sort()).to.deep.equal([MARKER, `images-${hash('1')}`, 'images-of-mine']);
  });

  it('goes through that one function', () => {
    const scripts = [LAB, join(LAB, 'lib')].flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.sh'))
        .map((file) => join(folder, file)),
    );
    const lines = scripts.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => /\brm\s+(-\w*[rR]|--recursive)/.test(line))
        .map((line) => `${file.slice(LAB.length + 1)}: ${line.trim()}`),
    );
    expect(lines).to.deep.equal(['lib/own-files.sh: rm -rf --one-file-system -- "$real"']);
  });

  it('asks for the cache before down.sh removes or unmounts anything below it', () => {
    const down = readFileSync(join(LAB, 'down.sh'), 'utf8');
    const at = (text: string): number => down.indexOf(text);
    expect(at('|| own_cache')).to.be.greaterThan(0).and.below(at('\nkill_all\n'));
  });

  it('is no file that a record would replace, unless it is a record of the same campaign', () => {
    write('notes.md');
    writeFileSync(join(dir, 'record.md'), '# A campaign\n\n- date: …\n');
    symlinkSync(join(dir, 'record.md'), join(dir, 'link.md'));
    expect(recordPath('record.md', 'A campaign', dir)).to.equal(join(dir, 'record.md'));
    expect(recordPath('new.md', 'A campaign', dir)).to.equal(join(dir, 'new.md'));
    for (const file of ['notes.md', 'link.md'])
      expect(() => recordPath(file, 'A campaign', dir)).to.throw(
        `--record ${file}: saw a file that does not begin with "# A campaign", expected a record or no file`,
      );
    expect(() => recordPath('record.md', 'Another', dir)).to.throw('expected a record or no file');
  });
});
