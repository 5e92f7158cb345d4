import { halfDone } from './half-done.ts';
import { kills } from './kills.ts';
import { nextMinor } from './minor.ts';
import { oneControlPlane } from './night.ts';
import type { Part } from './part.ts';
import { threeControlPlanes } from './wide.ts';
import { endings, limits } from './workers.ts';

/** In the order in which a reader wants to know. */
export const PARTS: readonly Part[] = [
  oneControlPlane,
  threeControlPlanes,
  nextMinor,
  kills,
  halfDone,
  endings,
  limits,
];
