import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redactValue } from '../../text/redact.ts';
import type { Clusters, Manifest } from './compare.ts';
import { readManifests } from './manifests.ts';

const DIST = 'dist';
/** Where a repository has its main line, in this order. */
const DEFAULT_BASES = ['main', 'origin/main'];

/** The question was wrong: what was seen, what was expected, what to do. */
export class DiffError extends Error {}

export interface Base {
  readonly commit: string;
  /** As people call it. */
  readonly name: string;
}

export function findBase(root: string, asked: string | undefined): Base {
  const name = (asked === undefined ? DEFAULT_BASES : [asked]).find((ref) => commitOf(root, ref) !== undefined);
  if (name === undefined) throw new DiffError(notFound(asked));
  const commit = commitOf(root, name) ?? '';
  return { commit, name: `${name} (${commit.slice(0, 7)})` };
}

const notFound = (asked: string | undefined): string =>
  `--base: ${asked === undefined ? `git knows neither ${DEFAULT_BASES.join(' nor ')} here` : `git knows no commit "${redactValue(asked)}" here`}, expected a branch, a tag or a commit; fetch it first (in a shallow clone: git fetch --unshallow) or name another`;

function commitOf(root: string, ref: string): string | undefined {
  // Nothing that begins like an option is a ref.
  if (ref === '' || ref.startsWith('-')) return undefined;
  const { status, stdout } = git(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return status === 0 ? stdout.trim() : undefined;
}

/** What a commit has in dist/. */
export function clustersAt(root: string, { commit }: Base): Clusters {
  const { stdout } = git(root, ['ls-tree', '-r', '-z', '--name-only', commit, '--', `${DIST}/`]);
  const paths = stdout.split('\0').filter(isManifest);
  const texts = contentsAt(root, commit, paths);
  return grouped(paths.map((path, place) => [path, texts[place] ?? '']));
}

/** What is there now. */
export function clustersNow(root: string): Clusters {
  const folder = join(root, DIST);
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const paths = files.map((file) => `${DIST}/${file.replaceAll('\\', '/')}`).filter(isManifest);
  return grouped(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

const isManifest = (path: string): boolean => /^dist\/[^/]+\/[^/]+\.yaml$/.test(path);

function grouped(files: readonly (readonly [path: string, text: string])[]): Clusters {
  const clusters = new Map<string, Manifest[]>();
  for (const [path, text] of files) {
    const [, cluster = ''] = path.split('/');
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), ...readManifests(path, text)]);
  }
  return clusters;
}

/** All at once: a process per file would be hundreds. */
function contentsAt(root: string, commit: string, paths: readonly string[]): string[] {
  const input = paths.map((path) => `${commit}:${path}\n`).join('');
  let rest = git(root, ['cat-file', '--batch'], input).raw;
  return paths.map(() => {
    const head = rest.indexOf('\n');
    const size = Number(rest.subarray(0, head).toString().split(' ')[2]);
    const text = rest.subarray(head + 1, head + 1 + size).toString();
    rest = rest.subarray(head + 1 + size + 1);
    return text;
  });
}

function git(root: string, args: readonly string[], input?: string) {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: root,
    maxBuffer: 1 << 30,
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) throw new DiffError(`git cannot be run: ${error.message}`);
  // A question that has no answer ends with 1; with 128, git does not work here at all.
  if (status !== 0 && status !== 1) throw new DiffError(`git ${args[0] ?? ''}: ${stderr.toString().trim()}`);
  return { status, stdout: stdout.toString(), raw: stdout };
}
