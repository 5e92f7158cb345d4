import { gaugesAtEnd } from '../../upgrade/gauges.ts';
import { noMarks } from '../../upgrade/in-flight.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { changeNodeNow } from '../harness/change-node.ts';
import { restoreQuiesced } from '../harness/quiesce.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReads, ClusterWrites, NodeChange } from '../ports/cluster.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Log } from '../ports/log.ts';
import type { Reset } from './decide.ts';
import type { ResetWish } from './observe.ts';

export interface ResetHands {
  readonly reads: ClusterReads;
  readonly writes: ClusterWrites;
  readonly deployments: Deployments;
  readonly gauges: Gauges;
  readonly clock: Clock;
  readonly log: Log;
}

/** Returns what was done, in words. What the namespace says goes last: it leads whoever finds a reset that was cut off. */
export async function carryOut(
  { nodes, lines }: Reset,
  { reads, writes, deployments, gauges, clock, log }: ResetHands,
  { annotationPrefix: prefix, quiesce }: Pick<ResetWish, 'annotationPrefix' | 'quiesce'>,
): Promise<string> {
  for (const node of nodes) await changeNodeNow(reads, writes, node, asIfNeverBegun);
  const trouble = await restoreQuiesced(quiesce, deployments, log);
  await writes.writeRunMarks(noMarks(prefix));
  await gauges.upgrade(gaugesAtEnd('nothing-to-do', clock.now()));
  return [...lines, ...trouble].join('\n');
}

/** Whosever run it was; a cordon that is not ours stays. */
const asIfNeverBegun = ({ ledger }: ClusterNode): NodeChange =>
  ledger === undefined ? {} : { ledger: null, ...(ledger.cordonedByUs ? { unschedulable: false } : {}) };
