import type { ClusterNode } from '../../upgrade/node.ts';
import { runStopOf, stopsRun, type RunStop } from '../../upgrade/run-stop.ts';
import type { ClusterReads } from '../ports/cluster.ts';

export interface InventoryFacts {
  readonly nodes: readonly ClusterNode[];
  /** That this run begins no more nodes. */
  readonly stop: RunStop | undefined;
}

export async function observe(
  cluster: ClusterReads,
  { runUid, annotationPrefix }: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<InventoryFacts> {
  const stop = stopsRun(runStopOf(await cluster.runMarks(), annotationPrefix, runUid));
  return { nodes: await cluster.nodes(), stop };
}
