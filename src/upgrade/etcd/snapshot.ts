import { Pattern } from '../../text/pattern/pattern.ts';
import { unreadable, type Unreadable } from '../reading.ts';

/** An etcd snapshot, as the Job that took it reports it. */
export interface Snapshot {
  readonly file: string;
  readonly bytes: number;
}

/** Finds the snapshot in a Job's log. The last matching line wins, because a Job may report more than once. */
export function findSnapshot(log: string, pattern: string, minimumBytes: number): Snapshot | Unreadable {
  const { file, bytes } = lastThatFits(log, new Pattern(pattern)) ?? {};
  if (file === undefined || bytes === undefined)
    return unreadable(`its log has no line that fits ${pattern}; it ends with: ${tailOf(log)}`);
  if (!/^\d+$/.test(bytes)) return unreadable(`its log says ${JSON.stringify(bytes)} where the bytes should be`);
  const size = Number(bytes);
  if (size < minimumBytes)
    return unreadable(`the snapshot ${file} has ${size} bytes, expected at least ${minimumBytes}`);
  return { file, bytes: size };
}

function lastThatFits(log: string, pattern: Pattern): ReturnType<Pattern['groups']> {
  for (const line of log.split(/\r?\n/).reverse()) {
    const found = pattern.groups(line);
    if (found !== undefined) return found;
  }
  return undefined;
}

const TAIL_LINES = 5;
const tailOf = (log: string): string =>
  log.trim().split('\n').slice(-TAIL_LINES).join(' / ').slice(-500) || 'nothing, it is empty';

/** Formats the line that this project's Job logs. The default of `snapshot.logPattern` matches it. */
export const formatSnapshot = ({ file, bytes }: Snapshot): string => `Backup done: ${file} (${bytes} bytes)`;
