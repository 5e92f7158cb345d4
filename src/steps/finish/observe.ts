import type { ClusterNode } from '../../upgrade/node.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort } from '../ports/lease.ts';

export interface FinishFacts {
  readonly nodes: readonly ClusterNode[];
  readonly lease: LeaseRecord | undefined;
  /** Step pods of this run that may still be at work, this one left out. */
  readonly livePods: readonly string[];
}

export async function observe(
  cluster: ClusterReads,
  leases: LeasePort,
  runs: RunsPort,
  me: RunId,
  ownPod: string,
): Promise<FinishFacts> {
  const livePods = (await runs.livePods(me)).filter((pod) => pod !== ownPod);
  return { livePods, lease: await leases.read(), nodes: await cluster.nodes() };
}
