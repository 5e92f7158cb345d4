import type { kuredInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import { kuredAdapter } from '../adapters/kubernetes/kured.ts';
import type { Fence } from '../guards/fence.ts';
import { fencedKured, NO_KURED } from '../guards/kured.ts';
import type { Kured } from '../ports/kured.ts';
import type { Connection } from './connection.ts';

/** The kured that the settings name. Its lock is written behind the fence. */
export function kuredClient(
  { api }: Connection,
  { kuredDaemonSet: daemonSet, kuredLockAnnotation: annotation }: ValuesOf<typeof kuredInputs>,
  fence: Fence,
): Kured {
  return daemonSet === undefined ? NO_KURED : fencedKured(kuredAdapter(api, { daemonSet, annotation }), fence);
}
