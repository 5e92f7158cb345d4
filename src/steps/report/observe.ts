import { inFlightAnnotation } from '../../upgrade/in-flight.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { known, type Reading } from '../../upgrade/reading.ts';
import type { KeptRun } from '../../upgrade/run-history.ts';
import { reading } from '../harness/step-error.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { History } from '../ports/history.ts';

/** What cannot be seen is told as that: there is a report every morning. */
export interface ReportFacts {
  readonly nowMs: number;
  readonly nodes: Reading<readonly ClusterNode[]>;
  readonly runs: Reading<readonly KeptRun[]>;
  /** The run of which the namespace says that it is in flight. */
  readonly inFlight: Reading<string | undefined>;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: Reading<string | undefined>;
}

export interface ReportWorld {
  readonly cluster: Pick<ClusterReads, 'nodes' | 'runMarks' | 'killSwitch'>;
  readonly history: History;
  readonly clock: Clock;
}

export async function observe({ cluster, history, clock }: ReportWorld, prefix: string): Promise<ReportFacts> {
  const annotations = await reading(cluster.runMarks());
  return {
    nodes: await reading(cluster.nodes()),
    runs: await reading(history.runs()),
    inFlight: annotations.known ? known(annotations.value[inFlightAnnotation(prefix)]) : annotations,
    killSwitch: await reading(cluster.killSwitch()),
    nowMs: clock.now(),
  };
}
