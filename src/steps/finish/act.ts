import { noMarks } from '../../run/in-flight.ts';
import { gaugesAtEnd, type RunEnd } from '../../signals/gauges.ts';
import type { NoticeInput } from '../../signals/notice.ts';
import { durationsOf } from '../../signals/run-durations.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { makeAll, releaseKured, releases, type ReleaseClients } from '../exit-handler/act.ts';
import type { Chat } from '../ports/chat.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { RunResult } from './decide.ts';
import { noticeOf } from './notice.ts';
import type { FinishFacts } from './observe.ts';

/** Pushes the gauges before the Lease is released. Afterwards they may be another run's. */
export async function pushGauges(
  { otherAtWork }: Pick<FinishFacts, 'otherAtWork'>,
  outcome: RunEnd,
  { gauges, log }: { readonly gauges: Gauges; readonly log: Log },
  nowMs: number,
): Promise<void> {
  if (otherAtWork === undefined) await gauges.upgrade(gaugesAtEnd(outcome, nowMs));
  else log('Another run holds the Lease and is in progress, so this step pushes no gauges.');
}

interface Notifiers {
  readonly gauges: Gauges;
  readonly chat: Chat;
  readonly log: Log;
}

/** Updates the gauges and sends the notice before the run is cleaned up, because the cleanup may fail. */
export async function notify(
  facts: FinishFacts,
  result: RunResult,
  notifiers: Notifiers,
  input: NoticeInput & { readonly target: KubeVersion | undefined },
  nowMs: number,
): Promise<void> {
  await pushGauges(facts, result.outcome, notifiers, nowMs);
  const notice = noticeOf(result, facts, input, nowMs);
  if (notice !== undefined) await notifiers.chat.tell(notice);
  await pushLastRun(facts, result, notifiers, nowMs);
}

/** Comes last, because no other step depends on it. Pushes no durations when the steps cannot be read. */
async function pushLastRun(
  { otherAtWork, tasks }: FinishFacts,
  { outcome: result }: RunResult,
  { gauges, log }: Notifiers,
  endedAtMs: number,
): Promise<void> {
  if (tasks?.known === false) log(`How long its steps took is not known: ${tasks.reason}`);
  if (otherAtWork !== undefined) return;
  await gauges.lastRun({ result, endedAtMs, durations: durationsOf(tasks?.known === true ? tasks.value : []) });
}

export interface EndClients extends ReleaseClients {
  readonly writes: NodeWrites;
}

/** Removes the marks first, then releases the lock of kured and the Lease: the next holder of the Lease writes marks of its own. */
export async function cleanUp(result: RunResult, clients: EndClients, prefix: string, me: RunId): Promise<void> {
  const { tidy, clear, release } = result;
  const changes = [
    ...(tidy === undefined ? [] : [() => clearAfterOther(tidy, clients, prefix, me)]),
    ...(clear ? [() => clients.writes.writeRunMarks(noMarks(prefix))] : []),
    ...releases(release, clients, me),
  ];
  await makeAll(changes, clients.log);
}

/** Takes the Lease, removes what an ended run left behind, and releases the Lease. Changes nothing when another run is faster. */
async function clearAfterOther(
  { take }: NonNullable<RunResult['tidy']>,
  clients: EndClients,
  prefix: string,
  me: RunId,
): Promise<void> {
  const { writes, leases, clock } = clients;
  if (!(await leases.write(take, me, clock.now()))) return;
  await writes.writeRunMarks(noMarks(prefix));
  await releaseKured(clients, 'any');
  const ours = await leases.read();
  if (ours?.holder?.uid === me.uid) await leases.write(ours, undefined, clock.now());
}
