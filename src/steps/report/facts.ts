import type { NodeReadings } from '../../upgrade/node/readings.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { Failure } from '../../run/failures.ts';
import type { KeptRun } from '../../run/history.ts';

/** What cannot be seen is told as that: there is a report every morning. */
export interface ReportFacts {
  /** Name of the Workflow of this report, and what failed of it. */
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
