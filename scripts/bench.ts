// How large the program of each step is, and how quickly it starts: `npm run bench`. Times and memory are ratios to
// `node -e 0` in the same run, so machines can be compared.
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from '../src/cli/bundle-steps.ts';
import { BY_HAND, envFromSettings, settingsFor } from '../src/cli/settings.ts';
import type { Streams } from '../src/command-line/program.ts';
import { EXIT } from '../src/contract/exit-code.ts';
import { contextOf } from '../src/contract/run-context.ts';
import { envName, type StepContract } from '../src/contract/step-contract.ts';
import { publicKeyOf, readPrivateKey } from '../src/steps/adapters/ssh/private-key.ts';
import { STEPS } from '../src/steps/catalog.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/performance.md');
const [BEGIN, END] = ['<!-- npm run bench -- --write: begin -->', '<!-- npm run bench -- --write: end -->'];

const ROUNDS = 5;
/** No round begins later. A round takes about fifteen seconds, and more on a machine that does other work. */
const LAST_ROUND_MS = 90_000;
/** A start that takes longer has failed. */
const LONGEST_START_MS = 10_000;

interface Start {
  readonly ms: number;
  /** Peak of the resident memory until then, where /proc tells it. */
  readonly kib: number | undefined;
}

interface Measured {
  readonly step: StepContract;
  readonly programBytes: number;
  readonly cacheBytes: number;
  readonly cached: Start[];
  readonly uncached: Start[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** The API server of the bench. It answers no request: the first one ends a start. */
class FirstRequest {
  readonly #server: Server = createServer(() => {
    this.#seen();
  });
  #seen = (): void => undefined;

  listen(): Promise<void> {
    return new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Starts Node until its first request, or until it ends where `endsAlone`. Throws when it does not get there. */
  start(args: readonly string[], env: Env, { endsAlone }: { endsAlone: boolean }): Promise<Start> {
    const begin = performance.now();
    const child = spawn(process.execPath, args, { env: { ...env }, stdio: 'ignore' });
    return new Promise((done, failed) => {
      let start: Start | undefined;
      const reached = (): void => {
        start ??= { ms: performance.now() - begin, kib: peakKib(statusOf(child.pid)) };
        child.kill('SIGKILL');
      };
      this.#seen = reached;
      const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_START_MS);
      child.once('exit', (code) => {
        clearTimeout(late);
        if (endsAlone && code !== null) reached();
        if (start === undefined) failed(new Error(`${args.join(' ')}: ended before its first request`));
        else done(start);
      });
    });
  }
}

/** Peak of the resident memory from /proc/<pid>/status. `maxRSS` would include that of the process that started it. */
function peakKib(status: string): number | undefined {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib);
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid ?? ''}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** Inputs from the default settings, else the examples of the contract. `EXPECTED`: the key that prove-ssh-key looks for. */
function envOf(step: StepContract, dir: string): Env {
  const params = Object.entries({ ...contextOf(step), ...step.inputs });
  const examples = params.map(([name, { example }]) => [envName(name), example] as const);
  const expected = { EXPECTED: publicKeyOf(readPrivateKey(join(dir, 'ssh_key'))) };
  const files = { KUBECONFIG: join(dir, 'kubeconfig'), SSH_KEY_DIR: dir, OUTPUT_DIR: join(dir, 'out') };
  const settings = envFromSettings(step, settingsFor(undefined));
  return { ...Object.fromEntries(examples), ...BY_HAND, ...settings, ...expected, ...files };
}

function writeFiles(dir: string, server: string): void {
  const kubeconfig = {
    clusters: [{ name: 'bench', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(kubeconfig));
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  writeFileSync(join(dir, 'ssh_key'), privateKey, { mode: 0o600 });
}

const FILL_CACHE = 'process.on("exit", () => { process.exitCode = 0; }); require(process.argv[1])';

/** Fills the compile cache as src/steps/Dockerfile does, and returns its size. */
function fillCache(program: string, cache: string): number {
  execFileSync(process.execPath, ['--eval', FILL_CACHE, program], {
    env: { NODE_COMPILE_CACHE: cache },
    stdio: 'ignore',
  });
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(cache, file)));
  return files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0);
}

async function measure(dir: string, server: FirstRequest): Promise<{ bare: Start[]; all: Measured[] }> {
  const bare: Start[] = [];
  const all = STEPS.map((step): Measured => {
    const program = join(dir, `${step.name}.cjs`);
    const cacheBytes = fillCache(program, join(dir, 'caches', step.name));
    return { step, programBytes: statSync(program).size, cacheBytes, cached: [], uncached: [] };
  });
  const begin = performance.now();
  for (let round = 0; round < ROUNDS && performance.now() - begin < LAST_ROUND_MS; round++)
    for (const { step, cached, uncached } of all) {
      const env = envOf(step, dir);
      const cache = { NODE_COMPILE_CACHE: join(dir, 'caches', step.name) };
      const program = [join(dir, `${step.name}.cjs`)];
      const how = { endsAlone: step.access.length === 0 };
      bare.push(await server.start(['-e', '0'], {}, { endsAlone: true }));
      cached.push(await server.start(program, { ...env, ...cache }, how));
      uncached.push(await server.start(program, env, how));
    }
  return { bare, all };
}

const PRINT_STATUS = 'try { console.log(fs.readFileSync("/proc/self/status", "utf8")); } catch {}';

/** Peak of the resident memory of bare Node, which is gone before /proc can be read from outside. */
function bareKib(): number {
  const peaks = Array.from({ length: ROUNDS }, () =>
    peakKib(execFileSync(process.execPath, ['-e', PRINT_STATUS], { encoding: 'utf8' })),
  );
  return median(peaks.flatMap((kib) => kib ?? []));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function ratios(values: readonly number[], base: number): string {
  const [low, high] = [Math.min(...values) / base, Math.max(...values) / base];
  return `${(median(values) / base).toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`;
}

const kilobytes = (bytes: number): string => Math.round(bytes / 1000).toLocaleString('en');

function tableOf(bare: readonly Start[], all: readonly Measured[], kib: number): string {
  const ms = median(bare.map((start) => start.ms));
  const rows = all.map(({ step, programBytes, cacheBytes, cached, uncached }) => {
    const peaks = cached.flatMap((start) => start.kib ?? []);
    const memory = peaks.length === 0 ? '-' : (median(peaks) / kib).toFixed(1);
    const starts = [cached, uncached].map((list) =>
      ratios(
        list.map((start) => start.ms),
        ms,
      ),
    );
    return [step.name, kilobytes(programBytes), kilobytes(cacheBytes), ...starts, memory];
  });
  const head = ['step', 'program, kB', 'compile cache, kB', 'start', 'start without the cache', 'memory'];
  return [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

function report(bare: readonly Start[], all: readonly Measured[], kib: number): string {
  const changed =
    git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes that are not committed';
  const rounds = Math.min(...all.map(({ cached, uncached }) => Math.min(cached.length, uncached.length)));
  const times = bare.map((start) => start.ms);
  const isBusy = Math.max(...times) > 2 * median(times);
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}, Node ${process.version}, ${cpus().length} CPUs. Each step was`,
    `started at least ${rounds} times, in turn with \`node -e 0\`, whose own spread is ${ratios(times, median(times))}.`,
    ...(isBusy ? ['The machine did other work at the same time, so the ratios are not exact.'] : []),
    '',
    tableOf(bare, all, kib),
  ].join('\n');
}

/** Replaces what stands between the two markers. */
function writePage(text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [, after] = page.split(END);
  if (rest === undefined || after === undefined) throw new Error(`${PAGE}: expected the lines ${BEGIN} and ${END}`);
  writeFileSync(PAGE, `${before ?? ''}${BEGIN}\n\n${text}\n\n${END}${after}`);
}

export async function main(args: readonly string[], { out }: Streams): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const server = new FirstRequest();
  try {
    await server.listen();
    await bundle(
      STEPS.map(({ name }) => name),
      dir,
    );
    writeFiles(dir, server.url);
    mkdirSync(join(dir, 'out'));
    const { bare, all } = await measure(dir, server);
    const text = report(bare, all, bareKib());
    out(`${text}\n`);
    if (args.includes('--write')) writePage(text);
    return EXIT.Done;
  } finally {
    server.close();
    rmSync(dir, { recursive: true });
  }
}
