import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Has `fill` write a new folder beside `folder`, then puts it in its place: whole or not at all. When `fill` throws,
 * `folder` is as it was.
 */
export function replaceFolder(folder: string, fill: (empty: string) => void): void {
  const parent = dirname(folder);
  const old = join(parent, `.synth-old-${basename(folder)}`);
  restore(folder, old);
  const fresh = mkdtempSync(join(parent, '.synth-'));
  try {
    fill(fresh);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    restore(folder, old);
  }
}

/** Ends a replacement that was cut off between its two renames, and clears away what it left. */
function restore(folder: string, old: string): void {
  if (existsSync(old) && !existsSync(folder)) renameSync(old, folder);
  rmSync(old, { recursive: true, force: true });
}
