import { formatRunStop, runStopAnnotation } from '../../run/stop.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Admission } from './decide.ts';

/** Records a pause or a halt in the marks of the run, so that later nodes and the exit handler report the same reason. */
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
