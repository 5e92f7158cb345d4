import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '../runtime/retry.ts';
import { refused } from '../runtime/step-error.ts';
import type { SnapshotFolder } from '../ports/snapshot-folder.ts';

/** It holds every Secret of the cluster. */
const OWNER_ALONE = 0o600;

export function snapshotFolder(folder: string): SnapshotFolder {
  const doing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw refused(`could not ${what}: ${describe(error)}`, error);
    }
  };
  return {
    files: () =>
      doing(`list ${folder}`, async () => {
        const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
        return Promise.all(
          entries.map(async ({ name }) => {
            const { size, mtimeMs } = await stat(join(folder, name));
            return { name, bytes: size, changedAtMs: mtimeMs };
          }),
        );
      }),
    publish: (from, to) =>
      doing(`make ${to} of ${from}`, async () => {
        await toDisk(join(folder, from), OWNER_ALONE);
        await rename(join(folder, from), join(folder, to));
        // The new name is on the disk once the folder is.
        await toDisk(folder);
      }),
    remove: (name) => doing(`remove ${name}`, () => rm(join(folder, name), { force: true })),
  };
}

async function toDisk(path: string, mode?: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}
