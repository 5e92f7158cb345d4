import type { LeasePort, LeaseRecord, RunId, RunsPort } from '../ports/lease.ts';

export interface BeginFacts {
  readonly lease: LeaseRecord | undefined;
  /** The run that holds the Lease, when that is another one. */
  readonly other: { readonly state: 'running' | 'ended' | 'gone'; readonly livePods: readonly string[] } | undefined;
}

export async function observe(leases: LeasePort, runs: RunsPort, me: RunId): Promise<BeginFacts> {
  const lease = await leases.read();
  const holder = lease?.holder;
  if (holder === undefined || holder.uid === me.uid) return { lease, other: undefined };
  const [state, livePods] = [await runs.state(holder), await runs.livePods(holder)];
  return { lease, other: { state, livePods } };
}
