import { formatRunStop, runStopAnnotation } from '../../upgrade/run-stop.ts';
import type { ClusterWrites } from '../ports/cluster.ts';
import type { Admission } from './decide.ts';

/** What one node was told holds for those after it: they and the exit handler read it in the namespace. */
export async function tellTheRest(
  { verdict, because }: Admission,
  writes: ClusterWrites,
  { runUid: run, annotationPrefix }: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<void> {
  if (verdict !== 'pause' && verdict !== 'halt') return;
  await writes.annotateNamespace({ [runStopAnnotation(annotationPrefix)]: formatRunStop({ run, verdict, because }) });
}
