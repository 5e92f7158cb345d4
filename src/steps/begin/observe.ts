import type { ClusterNode } from '../../upgrade/node/node.ts';
import { notMemoized } from '../guards/rerun.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort } from '../ports/lease.ts';

export interface BeginFacts {
  readonly lease: LeaseRecord | undefined;
  /** The run that holds the Lease, when that is another one. */
  readonly other: { readonly state: 'running' | 'ended' | 'gone'; readonly livePods: readonly string[] } | undefined;
  readonly nodes: readonly ClusterNode[];
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  /** undefined where there is no kured. */
  readonly kured?: KuredState | undefined;
  readonly nowMs: number;
}

interface BeginClients {
  readonly cluster: NodeReads;
  readonly leases: LeasePort;
  readonly runs: RunsPort;
  readonly kured: Kured;
  readonly clock: Clock;
}

export async function observe({ cluster, leases, runs, kured, clock }: BeginClients, me: RunId): Promise<BeginFacts> {
  await notMemoized(runs, me);
  await cluster.assertRunState();
  const lease = await leases.read();
  const other = await observeOther(lease?.holder, runs, me);
  const [nodes, killSwitch] = [await cluster.nodes(), await cluster.killSwitch()];
  return { lease, other, nodes, killSwitch, kured: await kured.state(), nowMs: clock.now() };
}

async function observeOther(holder: RunId | undefined, runs: RunsPort, me: RunId): Promise<BeginFacts['other']> {
  if (holder === undefined || holder.uid === me.uid) return undefined;
  return { state: await runs.state(holder), livePods: await runs.livePods(holder) };
}
