import type { UpgradeGauges } from '../../upgrade/gauges.ts';
import type { ClusterWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { Ending } from './decide.ts';
import type { FinishFacts } from './observe.ts';

/** Before the Lease is given back: then the gauges may be another run's. */
export async function showEnd(values: UpgradeGauges | undefined, gauges: Gauges, log: Log): Promise<void> {
  if (values !== undefined) await gauges.upgrade(values);
  else log('Another run holds the Lease and is under way: the gauges are left to it.');
}

/** Only under our own Lease: another run may hold them at 0 for good reason. */
export async function giveBack(
  { lease }: Pick<FinishFacts, 'lease'>,
  me: RunId,
  restore: () => Promise<readonly string[]>,
  log: Log,
): Promise<void> {
  if (lease?.holder?.uid !== me.uid) return;
  for (const trouble of await restore()) log(trouble);
}

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
