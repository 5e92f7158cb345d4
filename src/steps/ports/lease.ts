import type { Failure } from '../../run/failures.ts';
import type { RunTask } from '../../signals/run-durations.ts';

/** The Lease of the fence and its holder. Dates are milliseconds since the epoch. */
export interface LeaseRecord {
  /** UID and name of the Workflow that holds it; undefined when there is no holder. */
  readonly holder: RunId | undefined;
  readonly renewedAtMs: number;
  /** The object's resourceVersion, for a write that must not overtake another. */
  readonly revision: string;
}

export interface RunId {
  readonly uid: string;
  readonly name: string;
}

/** The Lease in our namespace that fences mutations: the mutex queues runs, the Lease decides who may change things. */
export interface LeasePort {
  /** undefined when it has never been made. */
  read(): Promise<LeaseRecord | undefined>;
  /** Makes it (`seen` undefined) or replaces exactly what was seen; false when another client wrote it first. */
  write(seen: LeaseRecord | undefined, holder: RunId | undefined, nowMs: number): Promise<boolean>;
}

export interface UnscheduledPod {
  readonly pod: string;
  readonly because: string;
}

/** Argo's own view of a run, asked when another run holds the Lease. */
export interface RunsPort {
  /** `gone`: no Workflow of that name and UID exists any more. */
  state(run: RunId): Promise<'running' | 'ended' | 'gone'>;
  /** Names of its pods whose containers may still run. */
  livePods(run: RunId): Promise<readonly string[]>;
  /** Whether something of it has failed for good, so that it cannot end well any more, whatever is still to come. */
  hasFailed(run: RunId): Promise<boolean>;
  /** Its nodes that failed, attempts included, the exit handler left out; none of a run that is gone. */
  failures(run: RunId): Promise<readonly Failure[]>;
  /** Whether it is another run begun again by `argo resubmit --memoized`: Argo takes that one's finished steps for its own. */
  isMemoized(run: RunId): Promise<boolean>;
  /** Its steps that have ended, the exit handler left out; none of a run that is gone. */
  tasks(run: RunId): Promise<readonly RunTask[]>;
  /** Its pods that no node took, each with what the scheduler said last. Known for an hour, also of pods that are gone. */
  unscheduled(run: RunId): Promise<readonly UnscheduledPod[]>;
}
