import type { ClusterWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeasePort } from '../ports/lease.ts';
import type { Ending } from './decide.ts';

/** Annotations first: once the Lease is given back, the next run may write its own. */
export async function carryOut(
  ending: Ending,
  writes: ClusterWrites,
  leases: LeasePort,
  prefix: string,
  clock: Clock,
): Promise<void> {
  if (ending.clear) await writes.annotateNamespace({ [`${prefix}in-flight`]: null, [`${prefix}target`]: null });
  if (ending.release !== undefined) await leases.write(ending.release, undefined, clock.now());
}
