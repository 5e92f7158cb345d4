import { inFlightAnnotation, startedAtMs } from '../../upgrade/in-flight.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RunTask } from '../../upgrade/run-durations.ts';
import { runStopOf, type RunStop } from '../../upgrade/run-stop.ts';
import { reading, StepError } from '../harness/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort, UnscheduledPod } from '../ports/lease.ts';

export interface FinishFacts {
  readonly nodes: readonly ClusterNode[];
  readonly lease: LeaseRecord | undefined;
  /** Step pods of this run that may still be at work, this one left out. */
  readonly livePods: readonly string[];
  /** Deployments that we still hold at 0, `namespace/name`. */
  readonly heldDeployments?: readonly string[];
  /** What could not be given back, a sentence each. */
  readonly deploymentTrouble?: readonly string[];
  /** The run that holds the Lease, when that is another one and it is under way. */
  readonly otherAtWork: RunId | undefined;
  /** Its pods that no node took. */
  readonly unscheduled: readonly UnscheduledPod[];
  /** Why this run began no more nodes. */
  readonly stop: RunStop | undefined;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  /** The run of which the namespace says that it is in flight. */
  readonly inFlight: string | undefined;
  /** When this run began to change the cluster. */
  readonly startedAtMs?: number | undefined;
  /** What it did, for the gauges alone. */
  readonly tasks?: Reading<readonly RunTask[]>;
  /** undefined where there is no kured, or where it cannot be seen. */
  readonly kured?: KuredState | undefined;
  readonly nowMs?: number;
}

export interface FinishWorld {
  readonly cluster: ClusterReads;
  readonly leases: LeasePort;
  readonly runs: RunsPort;
  readonly kured: Pick<Kured, 'state'>;
  readonly clock: Clock;
}

/** Nothing of the run may still be at work. */
export const isSettled = ({ livePods }: FinishFacts): boolean => livePods.length === 0;

export async function observe(
  { cluster, leases, runs, kured, clock }: FinishWorld,
  me: RunId,
  { podName: ownPod, annotationPrefix: prefix }: { readonly podName: string; readonly annotationPrefix: string },
): Promise<FinishFacts> {
  const livePods = (await runs.livePods(me)).filter((pod) => pod !== ownPod);
  const lease = await leases.read();
  const otherAtWork = await findOtherAtWork(lease?.holder, runs, me);
  const annotations = await cluster.runMarks();
  return {
    ...{ livePods, lease, otherAtWork },
    unscheduled: await runs.unscheduled(me),
    stop: runStopOf(annotations, prefix, me.uid),
    killSwitch: await cluster.killSwitch(),
    inFlight: annotations[inFlightAnnotation(prefix)],
    startedAtMs: startedAtMs(annotations, prefix, me.name),
    tasks: await reading(runs.tasks(me)),
    nodes: await cluster.nodes(),
    kured: await stateIfSeen(kured),
    nowMs: clock.now(),
  };
}

/** The end of a run is told whatever can be seen of kured: a lock that is left behind ends by itself. */
async function stateIfSeen(kured: Pick<Kured, 'state'>): Promise<KuredState | undefined> {
  try {
    return await kured.state();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return undefined;
  }
}

async function findOtherAtWork(holder: RunId | undefined, runs: RunsPort, me: RunId): Promise<RunId | undefined> {
  if (holder === undefined || holder.uid === me.uid) return undefined;
  return (await runs.state(holder)) === 'running' ? holder : undefined;
}
