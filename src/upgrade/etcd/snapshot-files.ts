/** A file in the snapshot directory. */
export interface SnapshotFile {
  readonly name: string;
  readonly bytes: number;
  readonly changedAtMs: number;
}

/**
 * Matches snapshots that are kept. Their order by name is their order by age. No other file in the directory is ever
 * changed.
 */
const KEPT = /^etcd-\d{8}T\d{6}Z\.db$/;
/** Matches what etcdctl writes before verification; `.part` while it writes. */
const INCOMING = /^incoming-[a-z0-9][a-z0-9.-]*\.db(\.part)?$/;
/** `etcd-20261124T223000Z.db` */
const nameAt = (ms: number): string => `etcd-${new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db`;

/** Returns the name for a snapshot at this time. Two snapshots in one second on one node get different names. */
export function nextName(files: readonly SnapshotFile[], nowMs: number): string {
  const taken = files.map(({ name }) => name);
  let ms = nowMs;
  while (taken.includes(nameAt(ms))) ms += 1000;
  return nameAt(ms);
}

/** Returns the snapshots to delete once `added` exists: all except the newest `keep`. */
export const expiredSnapshots = (files: readonly SnapshotFile[], added: string, keep: number): string[] =>
  [...files.map(({ name }) => name).filter((name) => KEPT.test(name)), added]
    .sort()
    .reverse()
    .slice(keep)
    .filter((name) => name !== added)
    .sort();

/** Returns the files that no Job will finish. A Job takes less than `staleSeconds`. */
export const staleFiles = (files: readonly SnapshotFile[], nowMs: number, staleSeconds: number): string[] =>
  files
    .filter(({ name, changedAtMs }) => INCOMING.test(name) && nowMs - changedAtMs > staleSeconds * 1000)
    .map(({ name }) => name)
    .sort();
