import type { ClusterNode } from '../../upgrade/node.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort } from '../ports/lease.ts';

export interface FinishFacts {
  readonly nodes: readonly ClusterNode[];
  readonly lease: LeaseRecord | undefined;
  /** Step pods of this run that may still be at work, this one left out. */
  readonly livePods: readonly string[];
  /** Deployments that we still hold at 0, `namespace/name`. */
  readonly heldDeployments?: readonly string[];
  /** The run that holds the Lease, when that is another one and it is under way. */
  readonly otherAtWork: RunId | undefined;
}

export async function observe(
  cluster: ClusterReads,
  leases: LeasePort,
  runs: RunsPort,
  me: RunId,
  ownPod: string,
): Promise<FinishFacts> {
  const livePods = (await runs.livePods(me)).filter((pod) => pod !== ownPod);
  const lease = await leases.read();
  const otherAtWork = await findOtherAtWork(lease?.holder, runs, me);
  return { livePods, lease, otherAtWork, nodes: await cluster.nodes() };
}

async function findOtherAtWork(holder: RunId | undefined, runs: RunsPort, me: RunId): Promise<RunId | undefined> {
  if (holder === undefined || holder.uid === me.uid) return undefined;
  return (await runs.state(holder)) === 'running' ? holder : undefined;
}
