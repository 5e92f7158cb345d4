/** A file in the folder of snapshots. */
export interface SnapshotFile {
  readonly name: string;
  readonly bytes: number;
  readonly changedAtMs: number;
}

/** What is kept: sorted by name, it is sorted by age. Nothing else in the folder is ever touched. */
const KEPT = /^etcd-\d{8}T\d{6}Z\.db$/;
/** What etcdctl writes, before anybody has looked at it; `.part` while it writes. */
const INCOMING = /^incoming-[a-z0-9][a-z0-9.-]*\.db(\.part)?$/;
/** `etcd-20261124T223000Z.db` */
const nameAt = (ms: number): string => `etcd-${new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db`;

/** The name that a snapshot of this moment gets; two of the same second on one node do not share it. */
export function nextName(files: readonly SnapshotFile[], nowMs: number): string {
  const taken = files.map(({ name }) => name);
  let ms = nowMs;
  while (taken.includes(nameAt(ms))) ms += 1000;
  return nameAt(ms);
}

/** What goes once `added` is there: all but the newest `keep`. */
export const outdated = (files: readonly SnapshotFile[], added: string, keep: number): string[] =>
  [...files.map(({ name }) => name).filter((name) => KEPT.test(name)), added]
    .sort()
    .reverse()
    .slice(keep)
    .filter((name) => name !== added)
    .sort();

/** What nobody will finish: a Job takes less than `staleSeconds`. */
export const leftBehind = (files: readonly SnapshotFile[], nowMs: number, staleSeconds: number): string[] =>
  files
    .filter(({ name, changedAtMs }) => INCOMING.test(name) && nowMs - changedAtMs > staleSeconds * 1000)
    .map(({ name }) => name)
    .sort();
