import { snapshotsAdapter } from '../adapters/kubernetes/snapshots.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { Connection } from './connection.ts';

/** Jobs that take snapshots. `start` is not fenced: see `fencedSnapshots`. */
export const snapshotsClient = ({ api, annotationPrefix }: Connection): Snapshots =>
  snapshotsAdapter(api, annotationPrefix);
