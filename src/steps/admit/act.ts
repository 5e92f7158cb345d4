import { formatRunStop, runStopAnnotation } from '../../run/stop.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Admission } from './decide.ts';

/** What one node was told holds for those after it: they and the exit handler read it in the marks of the run. */
export async function recordStop(
  { verdict, because, alone }: Admission,
  writes: NodeWrites,
  {
    node,
    runUid,
    annotationPrefix,
  }: { readonly node: string; readonly runUid: string; readonly annotationPrefix: string },
): Promise<void> {
  if (verdict !== 'pause' && verdict !== 'halt') return;
  const stop = { run: runUid, verdict, because, ...(alone === true && { node }) };
  await writes.writeRunMarks({ [runStopAnnotation(annotationPrefix)]: formatRunStop(stop) });
}
