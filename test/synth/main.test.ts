import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { listFiles, type Files } from '../../src/synth/changes.ts';
import { synth as command } from '../../src/synth/command.ts';
import { EVERYTHING, MINIMAL } from './support/render.ts';

const BIN = 'node_modules/.bin';
/** As npm does it: the repository's own Node and tools first. */
const ENV = { ...process.env, PATH: [join(process.cwd(), BIN), process.env['PATH']].join(delimiter) };

const run = (program: string, ...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(program, args, { encoding: 'utf8', env: ENV });
const runMain = (...args: string[]): SpawnSyncReturns<string> => run(process.execPath, 'src/synth/main.ts', ...args);

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the synth command', function () {
  this.timeout(120_000);
  let dir = '';
  let clusters = '';
  let out = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'synth-'));
    [clusters, out] = [join(dir, 'clusters'), join(dir, 'dist')];
    mkdirSync(clusters);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  /** What main.ts does, without the seconds that a process takes to start. */
  const synth = (): Ended => {
    const said = { stdout: '', stderr: '' };
    const status = command(['--clusters', clusters, '--out', out], {
      out: (text) => void (said.stdout += text),
      err: (text) => void (said.stderr += text),
    });
    return { status, ...said };
  };
  const setting = (name: string, text: string): void => {
    writeFileSync(join(clusters, `${name}.yaml`), text);
  };
  /** Bytes, and the moments at which they were written. */
  const stateOf = (folder: string): [Files, number[]] => [
    listFiles(folder),
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(folder, file)).mtimeMs),
  ];

  it('writes what is committed in dist/; the stock cdk8s command writes the same bytes', () => {
    const remedy = 'dist/ is not what clusters/ and src/ say now; run: npm run synth';
    const { status, stdout, stderr } = runMain('--clusters', 'clusters', '--out', out);
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(
      /^ {2}new {6}dist\/example-monitored\/ \(\d+ files\)\n {2}new {6}dist\/example\/ \(\d+ files\)\ndist\/: \d+ files, \d+ new, changed or removed\.\n$/,
    );
    const bytes = listFiles(out);
    expect([...bytes.keys()]).to.include('example/50-schedules.yaml');
    expect(Object.fromEntries(bytes), remedy).to.deep.equal(Object.fromEntries(listFiles('dist')));

    const stock = run(join(BIN, 'cdk8s'), 'synth', '--check-upgrade=false', '-o', join(dir, 'stock'));
    expect(stock.status, stock.stderr).to.equal(0);
    expect(Object.fromEntries(listFiles(join(dir, 'stock')))).to.deep.equal(Object.fromEntries(bytes));
  });

  it('says that nothing changed when nothing did, after a crash too, and clears away what is stale', () => {
    setting('prod', EVERYTHING);
    setting('test', MINIMAL);
    expect(synth().status).to.equal(0);
    const bytes = listFiles(out);
    // Interrupted between the two renames, with what the next run had written so far.
    mkdirSync(join(dir, '.synth-dist'));
    renameSync(out, join(dir, '.synth-dist/old'));
    cpSync(join(dir, '.synth-dist/old/test'), join(dir, '.synth-dist/new/test'), { recursive: true });

    const second = synth();
    expect(second.stdout).to.equal(`dist/: ${bytes.size} files, nothing changed.\n`);
    expect(listFiles(out)).to.deep.equal(bytes);
    expect(readdirSync(dir).sort()).to.deep.equal(['clusters', 'dist']);

    rmSync(join(clusters, 'test.yaml'));
    const third = synth();
    expect(third.stdout).to.match(/^ {2}removed {2}dist\/test\/ \(\d+ files\)$/m);
    expect(readdirSync(out)).to.deep.equal(['prod']);
    expect([...listFiles(out)]).to.deep.equal([...bytes].filter(([file]) => file.startsWith('prod/')));
  });

  it('tells everything that is wrong with the settings, ends with 2, and leaves the folder as it is', () => {
    setting('good', MINIMAL);
    setting('bad', `${MINIMAL}ssh: { port: 0 }\nnights: {}\n`);
    mkdirSync(out);
    writeFileSync(join(out, 'old.yaml'), 'kind: Old\n');
    const before = stateOf(dir);
    const { status, stdout, stderr } = synth();
    expect(status).to.equal(2);
    expect(stdout).to.equal('');
    expect(stderr)
      .to.include(`bad.yaml:2:8  ssh.port: saw 0, expected a port from 1 to 65535\n`)
      .and.to.include('nights: not a setting');
    expect(stderr)
      .to.match(/\nNothing was written\.\n$/)
      .and.not.include('    at ');
    expect(stateOf(dir)).to.deep.equal(before);
  });

  it('leaves a git repository as it is, and says so together with what is wrong with the settings', () => {
    setting('bad', `${MINIMAL}nights: {}\n`);
    mkdirSync(join(out, '.git'), { recursive: true });
    writeFileSync(join(out, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(out, 'notes.txt'), 'mine\n');
    const before = stateOf(dir);
    const { status, stdout, stderr } = synth();
    expect([status, stdout]).to.deep.equal([2, '']);
    expect(stderr)
      .to.include(`--out ${out}  holds what synth did not write: .git/, notes.txt; expected only folders`)
      .and.include('bad.yaml:2:1  nights: not a setting')
      .and.match(/\nNothing was written\.\n$/);
    expect(stateOf(dir)).to.deep.equal(before);
  });

  it('does not make a folder for settings that are wrong or not there', () => {
    const { status, stderr } = synth();
    expect(status).to.equal(2);
    expect(stderr).to.include('saw no file <name>.yaml');
    expect(existsSync(out)).to.be.false;
    expect(readdirSync(dir)).to.deep.equal(['clusters']);
  });

  it('tells an option that it does not know from a bug', () => {
    const { status, stderr } = runMain('--ouput', out);
    expect(status).to.equal(2);
    expect(stderr).to.include('--ouput: not an option; did you mean --out?').and.not.include('    at ');
  });
});
