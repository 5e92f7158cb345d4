import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { formatRunStop, runStopAnnotation } from '../../run/stop.ts';
import type { NodeReads, NodeWrites } from '../ports/cluster.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import { asFound, changeNodeNow } from './change-node.ts';
import { Halted } from '../runtime/step-error.ts';

/** `writes` check the fence. */
interface HaltClients {
  readonly reads: NodeReads;
  readonly writes: NodeWrites;
  readonly me: RunId;
  readonly annotationPrefix: string;
  readonly log: Log;
}

/**
 * Does work on a node. Returns false when the kill switch stopped it and the node was restored to its state before the run.
 * Throws `Halted` when its host was changed. Such a node stays as it is.
 */
export async function unlessHalted(clients: HaltClients, node: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    clients.log(error.message);
    const stop = formatRunStop({ run: clients.me.uid, verdict: 'halt', because: error.message });
    await clients.writes.writeRunMarks({ [runStopAnnotation(clients.annotationPrefix)]: stop });
    if (hostTouched((await clients.reads.node(node))?.upgradeRecord)) {
      throw new Halted(
        `${error.message}\nThe upgrade of ${node} has begun and has not ended, so the node stays as it is.`,
      );
    }
    await changeNodeNow(clients.reads, clients.writes, node, (now) => asFound(now, clients.me.uid));
    clients.log(`${node}: restored as it was found.`);
    return false;
  }
}
