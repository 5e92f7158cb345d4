import { inFlightAnnotation } from '../../run/in-flight.ts';
import type { Failure } from '../../run/failures.ts';
import type { KeptRun } from '../../run/history.ts';
import type { NodeReadings } from '../../upgrade/node/readings.ts';
import { known, type Reading } from '../../upgrade/reading.ts';
import { readingWithin } from '../runtime/reading-within.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { History } from '../ports/history.ts';
import type { RunId, RunsPort } from '../ports/lease.ts';

/** The report names what cannot be read, and never fails because of it. */
export interface ReportFacts {
  /** Name of the Workflow of this report, and its failed steps. */
  readonly run: string;
  readonly failures: Reading<readonly Failure[]>;
  readonly nowMs: number;
  readonly nodes: Reading<NodeReadings>;
  readonly runs: Reading<readonly KeptRun[]>;
  /** The run that is marked as in flight. */
  readonly inFlight: Reading<string | undefined>;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: Reading<string | undefined>;
}

interface ReportClients {
  readonly cluster: Pick<NodeReads, 'nodeReadings' | 'runMarks' | 'killSwitch'>;
  readonly history: History;
  readonly runs: Pick<RunsPort, 'failures'>;
  readonly clock: Clock;
  /** Aborted when the step receives SIGTERM. What the step did not learn then says nothing about the cluster. */
  readonly signal?: AbortSignal;
}

/** Seconds for one read. Six reads and the notifiers fit into the deadline of the step. */
export const READ_SECONDS = 120;

export async function observe(
  { cluster, history, runs, clock, signal }: ReportClients,
  me: RunId,
  prefix: string,
  seconds = READ_SECONDS,
): Promise<ReportFacts> {
  const within = <T>(ask: () => Promise<T>): Promise<Reading<T>> => readingWithin(seconds, ask);
  const annotations = await within(() => cluster.runMarks());
  const facts = {
    run: me.name,
    failures: await within(() => runs.failures(me)),
    nodes: await within(() => cluster.nodeReadings()),
    runs: await within(() => history.runs()),
    inFlight: annotations.known ? known(annotations.value[inFlightAnnotation(prefix)]) : annotations,
    killSwitch: await within(() => cluster.killSwitch()),
    nowMs: clock.now(),
  };
  signal?.throwIfAborted();
  return facts;
}
