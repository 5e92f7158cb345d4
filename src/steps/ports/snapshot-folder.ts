import type { SnapshotFile } from '../../upgrade/etcd/snapshot-files.ts';

/** The folder of a node in which its snapshots of etcd are. */
export interface SnapshotFolder {
  /** Plain files, in no order. */
  files(): Promise<readonly SnapshotFile[]>;
  /** Gives a file its final name with mode 0600. The file is on the disk afterwards, even when the node fails. */
  publish(from: string, to: string): Promise<void>;
  /** Gone afterwards, also when it was gone before. */
  remove(name: string): Promise<void>;
}
