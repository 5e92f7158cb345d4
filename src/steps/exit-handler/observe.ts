import { runStopOf } from '../../run/stop.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort } from '../ports/lease.ts';
import { readingWithin } from '../runtime/reading-within.ts';
import { unreadFacts, valueOf, type EndFacts } from './facts.ts';

export interface EndClients {
  readonly cluster: Pick<NodeReads, 'nodeReadings' | 'runMarks'>;
  readonly leases: Pick<LeasePort, 'read'>;
  readonly runs: RunsPort;
  readonly kured: Pick<Kured, 'state'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Aborted when the step receives SIGTERM. What the step did not learn then says nothing about the cluster. */
  readonly signal?: AbortSignal;
}

export interface EndInput {
  readonly podName: string;
  readonly annotationPrefix: string;
}

/** Seconds for which a step asks an API server that does not answer. The message then names what is missing. */
export const READ_SECONDS = 240;

/** `marks`: the annotations of the run that is in flight. */
interface MarkedFacts {
  readonly facts: EndFacts;
  readonly marks: Readonly<Record<string, string>>;
}

/** Each question has a time limit and none needs an answer, so the exit handler reports the end whatever it can read. */
export async function observeEnd(
  { cluster, leases, runs, kured, clock, signal }: EndClients,
  me: RunId,
  { podName, annotationPrefix }: EndInput,
  seconds = READ_SECONDS,
): Promise<MarkedFacts> {
  const within = <T>(ask: () => Promise<T>): Promise<Reading<T>> => readingWithin(seconds, ask);
  const [pods, holder, marks, unscheduled, failures, nodes, lock] = await Promise.all([
    within(() => runs.livePods(me)),
    within(async () => holderOf(await leases.read(), runs, me)),
    within(() => cluster.runMarks()),
    within(() => runs.unscheduled(me)),
    within(() => runs.failures(me)),
    within(() => cluster.nodeReadings()),
    within(() => kured.state()),
  ]);
  signal?.throwIfAborted();
  const annotations: MarkedFacts['marks'] = valueOf(marks, {});
  const unread = unreadFacts({ pods, lease: holder, marks, unscheduled, failures, nodes, kured: lock }, me);
  const facts = {
    ...valueOf(holder, { lease: undefined, otherAtWork: undefined }),
    livePods: valueOf(pods, []).filter((pod) => pod !== podName),
    unscheduled: valueOf(unscheduled, []),
    stop: runStopOf(annotations, annotationPrefix, me.uid),
    failures: valueOf(failures, []),
    nodes: valueOf(nodes, { nodes: [] }).nodes,
    unreadableNodes: valueOf(nodes, { unreadable: [] }).unreadable,
    excludedNodes: valueOf(nodes, { excluded: [] }).excluded,
    ...(unread.length === 0 ? {} : { unread }),
    kured: valueOf(lock, undefined),
    nowMs: clock.now(),
  };
  return { facts, marks: annotations };
}

async function holderOf(
  lease: LeaseRecord | undefined,
  runs: RunsPort,
  me: RunId,
): Promise<Pick<EndFacts, 'lease' | 'otherAtWork'>> {
  const holder = lease?.holder;
  if (holder === undefined || holder.uid === me.uid) return { lease, otherAtWork: undefined };
  return { lease, otherAtWork: (await runs.state(holder)) === 'running' ? holder : undefined };
}
