import { formatMinor, type KubeVersion } from '../../kubernetes/kube-version.ts';
import type { Minor } from '../../kubernetes/releases.ts';
import type { Boundary } from './boundary.ts';
import { v1_25 } from './v1-25.ts';
import { v1_26 } from './v1-26.ts';
import { v1_27 } from './v1-27.ts';
import { v1_28 } from './v1-28.ts';
import { v1_29 } from './v1-29.ts';
import { v1_30 } from './v1-30.ts';
import { v1_31 } from './v1-31.ts';
import { v1_32 } from './v1-32.ts';
import { v1_33 } from './v1-33.ts';
import { v1_34 } from './v1-34.ts';
import { v1_35 } from './v1-35.ts';
import { v1_36 } from './v1-36.ts';
import { v1_37 } from './v1-37.ts';

/** The newest target minor whose boundary was reviewed. Raise it only together with a file for that minor. */
export const REVIEWED_UP_TO: Minor = '1.37';

/** One boundary for each target minor, without a gap. */
export const BOUNDARIES: readonly Boundary[] = [
  v1_25,
  v1_26,
  v1_27,
  v1_28,
  v1_29,
  v1_30,
  v1_31,
  v1_32,
  v1_33,
  v1_34,
  v1_35,
  v1_36,
  v1_37,
];

/** Returns undefined for a minor without a boundary. The caller reports it. */
export const tryBoundary = (target: KubeVersion): Boundary | undefined =>
  BOUNDARIES.find((boundary) => boundary.target === formatMinor(target));
