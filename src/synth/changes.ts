import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Relative path → content. */
export type Files = ReadonlyMap<string, string>;

export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Files that are in both folders, changed or not. */
  readonly kept: readonly string[];
  readonly total: number;
}

export function listFiles(folder: string): Files {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

export function compareFolders(before: Files, after: Files): Changes {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)),
    changed: names.filter((name) => before.has(name) && before.get(name) !== after.get(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    kept: names.filter((name) => before.has(name)),
    total: after.size,
  };
}

/** One line for each cluster that is new or gone, one for each other file that differs, and one for the whole. */
export function describeChanges(folder: string, { added, changed, removed, total, kept }: Changes): string {
  const name = basename(folder);
  const listed = (word: string, files: readonly string[], others: readonly string[]): string[] =>
    folded(files, others).map((entry) => `  ${word.padEnd(8)} ${name}/${entry}`);
  const lines = [
    ...listed('new', added, [...kept, ...removed]),
    ...changed.map((file) => `  changed  ${name}/${file}`),
    ...listed('removed', removed, [...kept, ...added]),
  ];
  const count = added.length + changed.length + removed.length;
  const summary = count === 0 ? 'nothing changed' : `${count} new, changed or removed`;
  return [...lines, `${name}/: ${total} files, ${summary}.`, ''].join('\n');
}

/** The files, those of a folder of which no other file is known as one entry. */
function folded(files: readonly string[], others: readonly string[]): string[] {
  const mixed = new Set(others.map(folderOf));
  const counts = new Map<string, number>();
  for (const file of files) counts.set(folderOf(file), (counts.get(folderOf(file)) ?? 0) + 1);
  const entries = files.map((file) => {
    const [folder, count = 0] = [folderOf(file), counts.get(folderOf(file))];
    return folder === '' || mixed.has(folder) || count === 1 ? file : `${folder}/ (${count} files)`;
  });
  return [...new Set(entries)];
}

const folderOf = (file: string): string => file.slice(0, Math.max(0, file.indexOf('/')));
