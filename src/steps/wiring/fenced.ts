import { leaseAdapter } from '../adapters/kubernetes/lease.ts';
import { buildFence, buildMayBegin, fencedWrites, type Fence } from '../guards/fence.ts';
import { unlessHalted } from '../guards/halt.ts';
import type { LeasePort } from '../ports/lease.ts';
import { clusterClient } from './cluster.ts';
import type { Connection } from './connection.ts';

export const leaseClient = ({ api, annotationPrefix }: Connection): LeasePort => leaseAdapter(api, annotationPrefix);

export const fenceOf = (connection: Connection): Fence => buildFence(leaseClient(connection), connection.me);

/** The cluster for a step that changes it: `cluster` reads, `fenced` writes and checks the Lease before each write. */
export function fencedCluster(connection: Connection) {
  const { me, annotationPrefix, tools } = connection;
  const cluster = clusterClient(connection);
  const fence = fenceOf(connection);
  const mayBegin = buildMayBegin(fence, cluster);
  const fenced = fencedWrites(cluster, fence, mayBegin);
  const stop = { reads: cluster, writes: fenced, me, annotationPrefix, log: tools.log };
  return {
    cluster,
    fence,
    /** Also asks the kill switch. For work on a node that no write to the cluster begins. */
    mayBegin,
    fenced,
    unlessHalted: (node: string, work: () => Promise<unknown>) => unlessHalted(stop, node, work),
  };
}
