import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Streams } from '../src/command-line/program.ts';

/** Pages that a script writes. */
export interface Generated {
  /** Path below the root → content. */
  readonly pages: ReadonlyMap<string, string>;
  /** Folders in which pages are removed that are no longer generated. */
  readonly folders: readonly string[];
  /** A line of every page in `folders`: a file without it was not generated and is never removed. */
  readonly marker: string;
  /** What writes them. */
  readonly remedy: string;
}

/** Writes them, or only says whether they are current. */
export function publish(
  root: string,
  { pages, folders, marker, remedy }: Generated,
  { check }: { check: boolean },
): { exitCode: number; says: string } {
  const stale = [...pages].filter(([page, text]) => read(join(root, page)) !== text).map(([page]) => page);
  const others = folders.flatMap((folder) => filesIn(root, folder)).filter((page) => !pages.has(page));
  const gone = others.filter((page) => hasLine(join(root, page), marker));
  const foreign = others.filter((page) => !gone.includes(page));
  if (foreign.length > 0)
    return { exitCode: 1, says: `${foreign.join(', ')}: not written by ${remedy}; move to another folder` };
  if (stale.length + gone.length === 0)
    return { exitCode: 0, says: pages.size === 1 ? '1 page is current' : `${pages.size} pages are current` };
  if (check) return { exitCode: 1, says: `${[...stale, ...gone].join(', ')}: not current; run: ${remedy}` };
  for (const page of stale) write(join(root, page), pages.get(page) ?? '');
  for (const page of gone) rmSync(join(root, page));
  return {
    exitCode: 0,
    says: [...stale.map((page) => `wrote ${page}`), ...gone.map((page) => `removed ${page}`)].join('\n'),
  };
}

/** Returns the program of a command that writes `generated`, or only checks it with `--check`. */
export const publishWith =
  (root: string, generated: () => Generated | Promise<Generated>) =>
  async (args: readonly string[], { out, err }: Streams): Promise<number> => {
    const { exitCode, says } = publish(root, await generated(), { check: args.includes('--check') });
    (exitCode === 0 ? out : err)(`${says}\n`);
    return exitCode;
  };

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

const hasLine = (file: string, line: string): boolean =>
  lstatSync(file).isFile() && readFileSync(file, 'utf8').split('\n').includes(line);

const filesIn = (root: string, folder: string): string[] =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [];
