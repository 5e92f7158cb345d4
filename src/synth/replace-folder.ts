import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compareFolders, listFiles, type Changes } from './changes.ts';

/**
 * Has `fill` write a new folder beside `folder`, then puts it in its place: whole or not at all. When `fill` throws,
 * `folder` is as it was. Returns what is different now.
 */
export function replaceFolder(folder: string, fill: (empty: string) => void): Changes {
  const beside = (name: string): string => join(dirname(folder), `.synth-${name}-${basename(folder)}`);
  const [fresh, old] = [beside('new'), beside('old')];
  restore(folder, old);
  rmSync(fresh, { recursive: true, force: true });
  const before = listFiles(folder);
  try {
    mkdirSync(fresh, { recursive: true });
    fill(fresh);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    restore(folder, old);
  }
  return compareFolders(before, listFiles(folder));
}

/** Ends a replacement that was cut off between its two renames, and clears away what it left. */
function restore(folder: string, old: string): void {
  if (existsSync(old) && !existsSync(folder)) renameSync(old, folder);
  rmSync(old, { recursive: true, force: true });
}
