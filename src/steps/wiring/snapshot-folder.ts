import { systemClock } from '../adapters/clock.ts';
import { snapshotFolder } from '../adapters/snapshot-folder.ts';

/** The folder of snapshots on the node of the pod. Nothing here connects to the API server. */
export const connectFolder = (path: string, signal: AbortSignal) => ({
  folder: snapshotFolder(path),
  clock: systemClock(signal),
});
