import type { Log } from '../ports/log.ts';
import type { SnapshotFolder } from '../ports/snapshot-folder.ts';
import type { FolderChange } from './decide.ts';

/** The new one first, so that there are never fewer than there were. */
export async function carryOut({ publish, remove }: FolderChange, folder: SnapshotFolder, log: Log): Promise<void> {
  if (publish !== undefined) await folder.publish(publish.from, publish.to);
  for (const name of remove) await folder.remove(name);
  if (publish !== undefined) log(publish.logLine);
}
