import type { SnapshotFile } from '../../upgrade/etcd/snapshot-files.ts';

/** The folder of a node in which its snapshots of etcd are. */
export interface SnapshotFolder {
  /** Plain files, in no order. */
  files(): Promise<readonly SnapshotFile[]>;
  /** Gives a file its final name and lets nobody else read it; it is on the disk afterwards, whatever happens to the node. */
  publish(from: string, to: string): Promise<void>;
  /** Gone afterwards, also when it was gone before. */
  remove(name: string): Promise<void>;
}
