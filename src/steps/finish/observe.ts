import { inFlightAnnotation, startedAtMs } from '../../run/in-flight.ts';
import type { RunTask } from '../../signals/run-durations.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { unreadFacts, valueOf, type EndFacts } from '../exit-handler/facts.ts';
import { observeEnd, READ_SECONDS, type EndClients, type EndInput } from '../exit-handler/observe.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { RunId } from '../ports/lease.ts';
import { readingWithin } from '../runtime/reading-within.ts';

export interface FinishFacts extends EndFacts {
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  /** The run that is marked as in flight. */
  readonly inFlight: string | undefined;
  /** When this run began to change the cluster. */
  readonly startedAtMs?: number | undefined;
  /** Its steps, for the gauges alone. */
  readonly tasks?: Reading<readonly RunTask[]>;
}

interface FinishClients extends EndClients {
  readonly cluster: EndClients['cluster'] & Pick<NodeReads, 'killSwitch'>;
}

export async function observe(
  clients: FinishClients,
  me: RunId,
  input: EndInput,
  seconds = READ_SECONDS,
): Promise<FinishFacts> {
  const { cluster, runs } = clients;
  const [{ facts, marks }, killSwitch, tasks] = await Promise.all([
    observeEnd(clients, me, input, seconds),
    readingWithin(seconds, () => cluster.killSwitch()),
    readingWithin(seconds, () => runs.tasks(me)),
  ]);
  clients.signal?.throwIfAborted();
  const unread = [...(facts.unread ?? []), ...unreadFacts({ killSwitch }, me)];
  return {
    ...facts,
    ...(unread.length === 0 ? {} : { unread }),
    killSwitch: valueOf(killSwitch, undefined),
    inFlight: marks[inFlightAnnotation(input.annotationPrefix)],
    startedAtMs: startedAtMs(marks, input.annotationPrefix, me.name),
    tasks,
  };
}
