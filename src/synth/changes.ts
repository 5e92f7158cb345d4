import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Relative path → content. */
export type Files = ReadonlyMap<string, string>;

export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
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
    total: after.size,
  };
}

/** A line per file that is not as it was, and one for the whole. */
export function describeChanges(folder: string, { added, changed, removed, total }: Changes): string {
  const name = basename(folder);
  const lines = [
    ...added.map((file) => `  new      ${name}/${file}`),
    ...changed.map((file) => `  changed  ${name}/${file}`),
    ...removed.map((file) => `  removed  ${name}/${file}`),
  ];
  const count = added.length + changed.length + removed.length;
  const summary = count === 0 ? 'nothing changed' : `${count} new, changed or removed`;
  return [...lines, `${name}/: ${total} files, ${summary}.`, ''].join('\n');
}
