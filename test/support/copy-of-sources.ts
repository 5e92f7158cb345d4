import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Returns the text of a file after an edit by hand; `before` is empty for a new file. */
export type Edit = (before: string) => string;

/** Inserts `text` before the first place that matches. Throws when nothing matches. */
export const insertBefore =
  (place: RegExp, text: string): Edit =>
  (before) => {
    if (!place.test(before)) throw new Error(`no place for ${text}: ${String(place)}`);
    return before.replace(place, (found) => text + found);
  };

/** A copy of the sources in a temporary folder, in which files are edited by hand. */
export class CopyOfSources {
  readonly folder = mkdtempSync(join(tmpdir(), 'sources-'));

  /** `edits`: path below the root → what a person changes there. */
  constructor(edits: Readonly<Record<string, Edit>>) {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
    for (const file of files
      .toString()
      .split('\0')
      .filter((each) => each !== ''))
      cpSync(join(ROOT, file), join(this.folder, file), { recursive: true, force: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    for (const [path, edit] of Object.entries(edits)) this.#edit(path, edit);
  }

  #edit(path: string, edit: Edit): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edit(this.read(path)));
  }

  /** Returns the text of a file; an empty text when there is no such file. */
  read(path: string): string {
    try {
      return readFileSync(join(this.folder, path), 'utf8');
    } catch {
      return '';
    }
  }

  /** Runs Node in the copy and returns what it printed. Throws with its stderr when it fails. */
  run(...args: readonly string[]): string {
    const ended = spawnSync(process.execPath, [...args], { cwd: this.folder, encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  /** Runs a module that prints JSON, and returns that. */
  evaluate(module: string): unknown {
    this.#edit('print.ts', () => module);
    try {
      return JSON.parse(this.run('print.ts'));
    } finally {
      rmSync(join(this.folder, 'print.ts'));
    }
  }

  /** Makes the copy a git repository, for tests that ask git for its files. */
  makeRepository(): void {
    execFileSync('git', ['init', '--quiet'], { cwd: this.folder });
    writeFileSync(join(this.folder, '.git/info/exclude'), 'node_modules\n');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The files that the first list of a section of docs/extending.md names, with `<name>` in the place of the placeholder. */
export function filesToEdit(title: string, placeholder: string, name: string): string[] {
  const page = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8');
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = '']) => path);
  return rows.map((path) => path.replaceAll(placeholder, name));
}
