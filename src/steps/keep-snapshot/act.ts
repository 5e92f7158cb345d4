import type { Log } from '../ports/log.ts';
import type { SnapshotFolder } from '../ports/snapshot-folder.ts';
import type { Keeping } from './decide.ts';

/** The new one first, so that there are never fewer than there were. */
export async function carryOut({ from, to, remove, says }: Keeping, folder: SnapshotFolder, log: Log): Promise<void> {
  await folder.publish(from, to);
  for (const name of remove) await folder.remove(name);
  log(says);
}
