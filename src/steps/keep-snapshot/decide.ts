import { act, refuse, type Decision } from '../../upgrade/decision.ts';
import { nextName, outdated } from '../../upgrade/snapshot-files.ts';
import { formatSnapshot } from '../../upgrade/snapshot.ts';
import type { FolderFacts } from './observe.ts';

export interface KeepWish {
  readonly node: string;
  readonly hostFolder: string;
  readonly incoming: string;
  readonly minimumBytes: number;
  readonly keep: number;
}

export interface Keeping {
  readonly from: string;
  readonly to: string;
  /** Only once the new one is there. */
  readonly remove: readonly string[];
  /** The line that the step `snapshot` looks for: printed last. */
  readonly says: string;
}

export function decide(
  { files, nowMs }: FolderFacts,
  { node, hostFolder, incoming, minimumBytes, keep }: KeepWish,
): Decision<Keeping> {
  const saved = files.find(({ name }) => name === incoming);
  if (saved === undefined) return refuse(`There is no ${hostFolder}/${incoming} on ${node}: etcdctl saved none.`);
  if (saved.bytes < minimumBytes)
    return refuse(
      `${hostFolder}/${incoming} on ${node} has ${saved.bytes} bytes, expected at least ${minimumBytes}: that is no snapshot of etcd.`,
    );
  const to = nextName(files, nowMs);
  // It is renamed, whatever its age.
  const others = files.filter(({ name }) => name !== incoming);
  const remove = outdated(others, to, keep, nowMs);
  const says = formatSnapshot({ file: `${node}:${hostFolder}/${to}`, bytes: saved.bytes });
  return act(
    { from: incoming, to, remove, says },
    `${incoming} becomes ${to}; removed: ${remove.join(', ') || 'none'}.`,
  );
}
