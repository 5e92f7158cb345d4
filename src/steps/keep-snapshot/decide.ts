import { act, done, refuse, type Decision } from '../../upgrade/decision.ts';
import { staleFiles, nextName, expiredSnapshots } from '../../upgrade/etcd/snapshot-files.ts';
import { formatSnapshot } from '../../upgrade/etcd/snapshot.ts';
import type { KeepSnapshotInput } from './contract.ts';
import type { FolderFacts } from './observe.ts';

export interface FolderChange {
  readonly publish?: {
    readonly from: string;
    readonly to: string;
    /** The line that the step `snapshot` looks for: printed last. */
    readonly logLine: string;
  };
  /** Only once the new one is there. */
  readonly remove: readonly string[];
}

/**
 * A Job that dies leaves up to the size of etcd behind, often on etcd's own volume, and so would every one after it: that
 * goes before another is saved. Snapshots go only once there is a newer one.
 */
export function decide({ files, nowMs }: FolderFacts, input: KeepSnapshotInput): Decision<FolderChange> {
  const left = staleFiles(files, nowMs, input.staleSeconds);
  if (input.incoming === undefined)
    return left.length === 0
      ? done(`No Job has left anything behind in ${input.hostFolder} on ${input.node}.`)
      : act({ remove: left }, `Left behind by Jobs that died, removed: ${left.join(', ')}.`);
  return publish(input.incoming, left, { files, nowMs }, input);
}

function publish(
  incoming: string,
  left: readonly string[],
  { files, nowMs }: FolderFacts,
  { node, hostFolder, minimumBytes, keep }: KeepSnapshotInput,
): Decision<FolderChange> {
  const saved = files.find(({ name }) => name === incoming);
  if (saved === undefined) return refuse(`There is no ${hostFolder}/${incoming} on ${node}: etcdctl saved none.`);
  if (saved.bytes < minimumBytes)
    return refuse(
      `${hostFolder}/${incoming} on ${node} has ${saved.bytes} bytes, expected at least ${minimumBytes}: that is no snapshot of etcd.`,
    );
  const to = nextName(files, nowMs);
  // The new one is renamed, whatever its age.
  const remove = [...expiredSnapshots(files, to, keep), ...left.filter((name) => name !== incoming)].sort();
  const logLine = formatSnapshot({ file: `${node}:${hostFolder}/${to}`, bytes: saved.bytes });
  return act(
    { publish: { from: incoming, to, logLine }, remove },
    `${incoming} becomes ${to}; removed: ${remove.join(', ') || 'none'}.`,
  );
}
