import type { SnapshotFile } from '../../upgrade/etcd/snapshot-files.ts';
import type { Clock } from '../ports/clock.ts';
import type { SnapshotFolder } from '../ports/snapshot-folder.ts';

export interface FolderFacts {
  readonly files: readonly SnapshotFile[];
  readonly nowMs: number;
}

export const observe = async (folder: SnapshotFolder, clock: Clock): Promise<FolderFacts> => ({
  files: await folder.files(),
  nowMs: clock.now(),
});
