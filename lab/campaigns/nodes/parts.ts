import { batch } from './batch.ts';
import { field } from './field.ts';
import { halfDone } from './half-done.ts';
import { hostile } from './hostile.ts';
import { kills } from './kills.ts';
import { nextMinor } from './minor.ts';
import { oneControlPlane } from './night.ts';
import { onItsOwnCluster, type Part } from './part.ts';
import { threeControlPlanes } from './wide.ts';
import { endings, fence, halts, limits, takeovers } from './workers.ts';

const ALL: readonly Part[] = [
  oneControlPlane,
  threeControlPlanes,
  nextMinor,
  kills,
  halfDone,
  endings,
  batch,
  takeovers,
  fence,
  limits,
  halts,
  hostile,
  field,
];

/** In the order in which a reader wants to know. */
export const PARTS = ALL.map(onItsOwnCluster);
