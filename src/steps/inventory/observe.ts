import type { NodeReadings } from '../../upgrade/node/readings.ts';
import { runStopOf, stopsRun, type RunStop } from '../../run/stop.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import type { NodeReads } from '../ports/cluster.ts';

interface InventoryFacts {
  readonly readings: NodeReadings;
  /** That this run begins no more nodes. */
  readonly stop: RunStop | undefined;
}

export async function observe(
  cluster: NodeReads,
  { runUid, annotationPrefix }: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<InventoryFacts> {
  const stop = stopsRun(runStopOf(await cluster.runMarks(), annotationPrefix, runUid));
  return { readings: await judgedNodes(cluster), stop };
}
