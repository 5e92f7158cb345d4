import { gaugesAtEnd } from '../../upgrade/gauges.ts';
import { noMarks } from '../../upgrade/in-flight.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { changeNodeNow } from '../harness/change-node.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReads, ClusterWrites, NodeChange } from '../ports/cluster.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Log } from '../ports/log.ts';
import type { Reset } from './decide.ts';

export interface ResetHands {
  readonly reads: ClusterReads;
  readonly writes: ClusterWrites;
  readonly deployments: Deployments;
  readonly restore: (deployments: Deployments, log: Log) => Promise<readonly string[]>;
  readonly gauges: Gauges;
  readonly clock: Clock;
  readonly log: Log;
}

/** Returns what was done, in words. What the namespace says goes last: it leads whoever finds a reset that was cut off. */
export async function carryOut({ nodes, lines }: Reset, hands: ResetHands, prefix: string): Promise<string> {
  const { reads, writes, deployments, restore, gauges, clock, log } = hands;
  for (const node of nodes) await changeNodeNow(reads, writes, node, asIfNeverBegun);
  const trouble = await restore(deployments, log);
  await writes.annotateNamespace(noMarks(prefix));
  await gauges.upgrade(gaugesAtEnd('nothing-to-do', clock.now()));
  return [...lines, ...trouble].join('\n');
}

/** Whosever run it was; a cordon that is not ours stays. */
const asIfNeverBegun = ({ ledger }: ClusterNode): NodeChange =>
  ledger === undefined ? {} : { ledger: null, ...(ledger.cordonedByUs ? { unschedulable: false } : {}) };
