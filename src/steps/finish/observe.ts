import { inFlightAnnotation, startedAtMs } from '../../run/in-flight.ts';
import type { ExcludedNode, UnreadableNode } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RunTask } from '../../signals/run-durations.ts';
import type { Failure } from '../../run/failures.ts';
import { runStopOf, type RunStop } from '../../run/stop.ts';
import { readingWithin } from '../runtime/reading-within.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort, UnscheduledPod } from '../ports/lease.ts';
import { unreadLines, type Unread } from './unread.ts';

export interface FinishFacts {
  /** Nodes that can be read. */
  readonly nodes: readonly ClusterNode[];
  readonly unreadableNodes?: readonly UnreadableNode[];
  /** Workers that nodes.exclude leaves out. */
  readonly excludedNodes?: readonly ExcludedNode[];
  /** What could not be read; the fact of that name is then empty. */
  readonly unread?: readonly Unread[];
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
  /** What failed of this run, from its Workflow. */
  readonly failures?: readonly Failure[];
  /** Why this run began no more nodes. */
  readonly stop: RunStop | undefined;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  /** The run that is marked as in flight. */
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
  readonly cluster: Pick<NodeReads, 'nodeReadings' | 'runMarks' | 'killSwitch'>;
  readonly leases: Pick<LeasePort, 'read'>;
  readonly runs: RunsPort;
  readonly kured: Pick<Kured, 'state'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Aborted when the step is told to end: what it did not learn then is no news of the cluster. */
  readonly signal?: AbortSignal;
}

/** An API server that is away is asked again for so long; then the end is told without its answer. */
export const READ_SECONDS = 240;

/** Nothing of the run may still be at work, and the Workflow must show why a failed run failed: it is written after the pod. */
export const isSettled =
  ({ status }: { readonly status: string }) =>
  ({ livePods, failures = [], unread = [] }: FinishFacts): boolean =>
    livePods.length === 0 &&
    (status === 'Succeeded' || failures.length > 0 || unread.some(({ what }) => what === 'failures'));

/** Every answer has a bound in time, and none is needed: the end of a run is told whatever can be read. */
export async function observe(
  { cluster, leases, runs, kured, clock, signal }: FinishWorld,
  me: RunId,
  { podName: ownPod, annotationPrefix: prefix }: { readonly podName: string; readonly annotationPrefix: string },
  seconds = READ_SECONDS,
): Promise<FinishFacts> {
  const within = <T>(ask: () => Promise<T>): Promise<Reading<T>> => readingWithin(seconds, ask);
  const [holder, pods, marks, unscheduled, killSwitch, tasks, failures, nodes, lock] = await Promise.all([
    within(async () => holderOf(await leases.read(), runs, me)),
    within(() => runs.livePods(me)),
    within(() => cluster.runMarks()),
    within(() => runs.unscheduled(me)),
    within(() => cluster.killSwitch()),
    within(() => runs.tasks(me)),
    within(() => runs.failures(me)),
    within(() => cluster.nodeReadings()),
    within(() => kured.state()),
  ]);
  signal?.throwIfAborted();
  const annotations = marks.known ? marks.value : {};
  const unread = unreadLines({ pods, lease: holder, marks, unscheduled, killSwitch, failures, nodes, kured: lock }, me);
  return {
    ...valueOf(holder, { lease: undefined, otherAtWork: undefined }),
    livePods: valueOf(pods, []).filter((pod) => pod !== ownPod),
    unscheduled: valueOf(unscheduled, []),
    stop: runStopOf(annotations, prefix, me.uid),
    killSwitch: valueOf(killSwitch, undefined),
    inFlight: annotations[inFlightAnnotation(prefix)],
    startedAtMs: startedAtMs(annotations, prefix, me.name),
    tasks,
    failures: valueOf(failures, []),
    nodes: valueOf(nodes, { nodes: [] }).nodes,
    unreadableNodes: valueOf(nodes, { unreadable: [] }).unreadable,
    excludedNodes: valueOf(nodes, { excluded: [] }).excluded,
    ...(unread.length === 0 ? {} : { unread }),
    kured: valueOf(lock, undefined),
    nowMs: clock.now(),
  };
}

const valueOf = <T, U>(reading: Reading<T>, otherwise: U): T | U => (reading.known ? reading.value : otherwise);

async function holderOf(
  lease: LeaseRecord | undefined,
  runs: RunsPort,
  me: RunId,
): Promise<Pick<FinishFacts, 'lease' | 'otherAtWork'>> {
  const holder = lease?.holder;
  if (holder === undefined || holder.uid === me.uid) return { lease, otherAtWork: undefined };
  return { lease, otherAtWork: (await runs.state(holder)) === 'running' ? holder : undefined };
}
