// Has Argo's own linter judge every cluster of dist/, and proves beside each that it can refuse.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT } from '../src/contract/exit-code.ts';

/** The release that dist/ is written for; another one's verdict would be about another API. */
const WANTED = /\bv4\.1\.\d+/;
const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

interface Cli {
  readonly path: string;
  readonly version: string;
}

interface Verdict {
  readonly accepted: boolean;
  readonly says: string;
}

/** The one on PATH if it is of the wanted release, else the one that the lab builds from Argo's Go module. */
function findArgo(): Cli | undefined {
  return readVersion('argo') ?? readVersion(buildArgo());
}

function readVersion(path: string): Cli | undefined {
  const { stdout } = spawnSync(path, ['version', '--short'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const version = WANTED.exec(stdout)?.[0];
  return version === undefined ? undefined : { path, version };
}

function buildArgo(): string {
  const tools = join(root, 'lab/tools.sh');
  const { stdout } = spawnSync(tools, ['argo-cli'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}

function lint({ path }: Cli, folder: string): Verdict {
  const args = ['lint', '--offline', '--strict', '--no-color', '--output', 'simple', folder];
  const { status, stdout, stderr, error } = spawnSync(path, args, { encoding: 'utf8' });
  return { accepted: status === 0, says: [stdout, stderr, error?.message ?? ''].join('\n').trim() };
}

/** Lints a copy in which one template reads an input that it has not. */
function refusesBrokenCopy(argo: Cli, folder: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'lint-argo-'));
  try {
    cpSync(folder, copy, { recursive: true });
    const { accepted, says } = lint(argo, breakOne(copy));
    return !accepted && says.includes('no-such-input');
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function breakOne(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const texts = files.map((file) => [join(folder, file), readFileSync(join(folder, file), 'utf8')] as const);
  // Not every one of them has a template with inputs.
  const [path, text = ''] = texts.find(([, each]) => each.includes('{{inputs.parameters.')) ?? [];
  if (path === undefined) return folder;
  writeFileSync(path, text.replace('{{inputs.parameters.', '{{inputs.parameters.no-such-input-'));
  return folder;
}

function judge(argo: Cli, cluster: string): boolean {
  const folder = join(dist, cluster);
  const { accepted, says } = lint(argo, folder);
  if (!accepted) {
    process.stderr.write(`dist/${cluster}: refused by argo lint ${argo.version}\n${says}\n`);
    return false;
  }
  if (!refusesBrokenCopy(argo, folder)) {
    process.stderr.write(
      `dist/${cluster}: argo lint ${argo.version} also accepts a copy that is broken, so it proves nothing\n`,
    );
    return false;
  }
  process.stdout.write(`dist/${cluster}: accepted by argo lint ${argo.version}, which refuses a broken copy of it\n`);
  return true;
}

function judgeAll(): boolean {
  const clusters = existsSync(dist) ? readdirSync(dist).sort() : [];
  if (clusters.length === 0) {
    process.stderr.write('dist/ holds no cluster; run: npm run synth\n');
    return false;
  }
  const argo = findArgo();
  if (argo === undefined) {
    process.stderr.write('No argo CLI of v4.1: put one on PATH, or install Go so that lab/tools.sh can build it.\n');
    return false;
  }
  return clusters.map((cluster) => judge(argo, cluster)).every(Boolean);
}

export const main = (): number => (judgeAll() ? EXIT.Done : 1);
