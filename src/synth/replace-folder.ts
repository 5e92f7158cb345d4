import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { compareFolders, listFiles, type Changes, type Files } from './changes.ts';
import { KUSTOMIZATION } from './kustomization.ts';
import { foreignIn, isThere, removeOwn } from './own-folder.ts';

/** A folder holds something that synth did not write. Nothing was changed. */
export class ForeignFiles extends Error {
  readonly folder: string;
  readonly paths: readonly string[];

  constructor(folder: string, paths: readonly string[]) {
    super(`${folder} holds what synth did not write: ${paths.map((path) => path || 'itself').join(', ')}`);
    this.folder = folder;
    this.paths = paths;
  }
}

/** The new files are in place, and the old ones could not be removed from the staging folder. */
export class NotRemoved extends Error {}

/**
 * Puts what `fill` writes in the place of `folder`: all of it, or nothing. Only files that an earlier run wrote are
 * removed. Throws ForeignFiles when there are others, and whatever `fill` throws; `folder` is then unchanged.
 * Throws NotRemoved when only the old files stay behind. Returns the difference.
 */
export function replaceFolder(folder: string, fill: (empty: string) => void): Changes {
  const files = filledBy(fill);
  const staging = stagingOf(folder);
  const [fresh, old] = [join(staging, 'new'), join(staging, 'old')];
  finishInterrupted(folder);
  mkdirSync(dirname(folder), { recursive: true });
  // No other user can exchange a folder in here while its files are removed.
  mkdirSync(staging, { mode: 0o700 });
  let before: Files;
  try {
    writeFolder(fresh, files);
    if (isThere(folder)) renameSync(folder, old);
    // Checks the folder here, where no other user can exchange it.
    assertOwn(old);
    before = listFiles(old);
    renameSync(fresh, folder);
  } catch (error) {
    finishInterrupted(folder);
    throw error;
  }
  removeOld(folder);
  return compareFolders(before, files);
}

function removeOld(folder: string): void {
  try {
    finishInterrupted(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotRemoved(`${folder} was written. ${stagingOf(folder)} could not be removed: ${why}.`);
  }
}

const PARTS = ['new', 'old'];

/** The folder beside `folder` in which the new files wait and the old files go. */
export const stagingOf = (folder: string): string => join(dirname(folder), `.synth-${basename(folder)}`);

function filledBy(fill: (empty: string) => void): Files {
  const scratch = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    fill(scratch);
    assertOwn(scratch);
    return listFiles(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The list of each cluster is written first: a folder that is half written is known by it. */
function writeFolder(folder: string, files: Files): void {
  const isList = (path: string): boolean => basename(path) === KUSTOMIZATION;
  mkdirSync(folder);
  for (const path of [...files.keys()].sort((a, b) => Number(isList(b)) - Number(isList(a)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), files.get(path) ?? '', { flag: 'wx' });
  }
}

/** Puts the old folder back when its place is empty, then removes the staging folder. */
function finishInterrupted(folder: string): void {
  const staging = stagingOf(folder);
  const [fresh, old] = [join(staging, 'new'), join(staging, 'old')];
  if (!isThere(staging)) return;
  if (!isPrivate(staging)) throw new ForeignFiles(staging, ['']);
  if (isThere(old) && !isThere(folder)) renameSync(old, folder);
  const foreign = foreignInStaging(folder);
  if (foreign.length > 0) throw new ForeignFiles(staging, foreign);
  removeOwn(fresh);
  removeOwn(old);
  rmdirSync(staging);
}

/** What a person put into the staging folder of an interrupted run, or what is there under its name. */
export function foreignInStaging(folder: string): string[] {
  const staging = stagingOf(folder);
  if (!isThere(staging)) return [];
  if (!isPrivate(staging)) return [''];
  const others = readdirSync(staging).filter((name) => !PARTS.includes(name));
  const inside = PARTS.flatMap((name) => foreignIn(join(staging, name)).map((path) => `${name}/${path}`));
  return [...others, ...inside];
}

/** A folder of this user: what is in it was put there by a run of this user, or by this user. */
function isPrivate(path: string): boolean {
  const stat = lstatSync(path);
  return stat.isDirectory() && stat.uid === process.getuid?.();
}

function assertOwn(folder: string): void {
  const foreign = foreignIn(folder);
  if (foreign.length > 0) throw new ForeignFiles(folder, foreign);
}
