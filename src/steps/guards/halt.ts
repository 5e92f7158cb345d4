import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { formatRunStop, runStopAnnotation } from '../../run/stop.ts';
import type { NodeReads, NodeWrites } from '../ports/cluster.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import { asFound, changeNodeNow } from './change-node.ts';
import { Halted } from '../runtime/step-error.ts';

/** What stopping takes. `writes` are fenced. */
export interface Brake {
  readonly reads: NodeReads;
  readonly writes: NodeWrites;
  readonly me: RunId;
  readonly annotationPrefix: string;
  readonly log: Log;
}

/**
 * Does work on a node; false when the kill switch kept it from being done. Then the node is given back as it was found; one
 * whose host was touched stays as it is, and `Halted` is thrown on.
 */
export async function unlessHalted(brake: Brake, node: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    brake.log(error.message);
    const stop = formatRunStop({ run: brake.me.uid, verdict: 'halt', because: error.message });
    await brake.writes.writeRunMarks({ [runStopAnnotation(brake.annotationPrefix)]: stop });
    if (hostTouched((await brake.reads.node(node))?.upgradeRecord)) {
      throw new Halted(`${error.message}\nAn upgrade was begun on ${node} and did not end: it stays as it is.`);
    }
    await changeNodeNow(brake.reads, brake.writes, node, (now) => asFound(now, brake.me.uid));
    brake.log(`${node}: given back as it was found.`);
    return false;
  }
}
