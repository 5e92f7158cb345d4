import type { ClusterNode } from '../../upgrade/node.ts';
import { runStopOf, type RunStop } from '../../upgrade/run-stop.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';

export interface AdmitFacts {
  readonly nodes: readonly ClusterNode[];
  /** That this run begins no more nodes, said by a step before. */
  readonly stop: RunStop | undefined;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  readonly nowMs: number;
}

export async function observe(
  cluster: ClusterReads,
  clock: Clock,
  { runUid, annotationPrefix }: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<AdmitFacts> {
  const stop = runStopOf(await cluster.namespaceAnnotations(), annotationPrefix, runUid);
  return { nodes: await cluster.nodes(), stop, killSwitch: await cluster.killSwitch(), nowMs: clock.now() };
}
