import { alertsDuring } from '../../signals/alert-gate.ts';
import { baselineAnnotation, baselineOf, formatBaseline } from '../../signals/alert-check.ts';
import { barePodsOn, bareText } from '../../upgrade/drain/bare-pods.ts';
import { gaugesAtBegin } from '../../signals/gauges.ts';
import { inFlightAnnotation, markOfBegin, targetAnnotation } from '../../run/in-flight.ts';
import { formatKubeVersion, kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import { noticeFor, type Notice, type NoticeInput } from '../../signals/notice.ts';
import { countPods, formatPodsAtBegin, podsAnnotation, podsAtBegin } from '../../upgrade/drain/pod-readiness.ts';
import { splitByWork } from '../../signals/own-work.ts';
import { KILL_SWITCH, runStopAnnotation } from '../../run/stop.ts';
import { holdKured } from '../guards/kured.ts';
import { ownWork } from '../guards/own-work.ts';
import type { AlertSource } from '../ports/alerts.ts';
import type { Chat } from '../ports/chat.ts';
import type { NodeReads, NodeWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { Rehearsal } from '../ports/rehearsal.ts';
import type { BeginAction, BeginResult } from './decide.ts';

/** When another client wrote first, the next observation shows its write. */
export async function take(
  action: BeginAction,
  { leases, kured, clock }: { readonly leases: LeasePort; readonly kured: Kured; readonly clock: Clock },
  me: RunId,
): Promise<void> {
  if ('take' in action) await leases.write(action.take, me, clock.now());
  else await holdKured(action, kured, me, clock);
}

/** Marks that an upgrade is under way; `finish` removes the marks. */
export async function markInFlight(
  { reads, writes, clock }: { readonly reads: NodeReads; readonly writes: NodeWrites; readonly clock: Clock },
  prefix: string,
  run: RunId,
  target: KubeVersion,
): Promise<void> {
  await writes.writeRunMarks({
    ...markOfBegin(await reads.runMarks(), prefix, run.name, clock.now()),
    [targetAnnotation(prefix)]: formatKubeVersion(target),
    // The stop of an earlier run does not apply to this run.
    [runStopAnnotation(prefix)]: null,
  });
}

/**
 * Alerts that fire when the run begins do not count later. Without an answer nothing is recorded, so that every alert counts.
 * A repeated begin keeps the first record.
 */
export async function rememberAlerts(
  { alerts, scope }: AlertSource,
  { reads, writes, log }: { readonly reads: NodeReads; readonly writes: NodeWrites; readonly log: Log },
  prefix: string,
  run: RunId,
): Promise<void> {
  if (alerts === undefined || baselineOf(await reads.runMarks(), prefix, run.uid) !== undefined) return;
  const firing = await alerts.firing();
  if (!firing.known) {
    log(`Which alerts fire as the run begins is not known, so every one counts as new: ${firing.reason}`);
    return;
  }
  // An alert that this upgrade explains counts again once it no longer does.
  const { counted } = splitByWork(alertsDuring(firing.value, scope), await ownWork(reads, firing), scope);
  const baseline = formatBaseline(run.uid, counted);
  await writes.writeRunMarks({ [baselineAnnotation(prefix)]: baseline });
}

/** Records how many pods are ready before the first change. `postflight` requires no more than that. */
export async function rememberPods(
  { pods }: Pick<Rehearsal, 'pods'>,
  { reads, writes, log }: { readonly reads: NodeReads; readonly writes: NodeWrites; readonly log: Log },
  prefix: string,
  run: RunId,
): Promise<void> {
  if (podsAtBegin(await reads.runMarks(), prefix, run.uid) !== undefined) return;
  const seen = await pods();
  if (!seen.known) {
    log(`How many pods are ready as the run begins is not known: ${seen.reason}`);
    return;
  }
  await writes.writeRunMarks({ [podsAnnotation(prefix)]: formatPodsAtBegin(run.uid, countPods(seen.value)) });
}

/** Returns the run that is still marked as in flight when another begins: it failed, or its exit handler did not run. */
export async function leftBehindBy(
  { cluster, log }: { readonly cluster: Pick<NodeReads, 'runMarks'>; readonly log: Log },
  prefix: string,
  { name }: RunId,
): Promise<string | undefined> {
  const marked = (await cluster.runMarks())[inFlightAnnotation(prefix)];
  if (marked === undefined || marked === name) return undefined;
  log(takenOver(marked));
  return marked;
}

/**
 * Returns the pods without a controller on nodes that are not at the target. The drains evict them for good. Returns none
 * when the pods cannot be read, because `rehearse` then refuses.
 */
export async function bareBefore(
  cluster: Pick<NodeReads, 'nodes'>,
  rehearsal: Pick<Rehearsal, 'pods'>,
  input: { readonly target: KubeVersion; readonly deleteUnmanagedPods: boolean; readonly namespace: string },
): Promise<readonly string[]> {
  const seen = await rehearsal.pods();
  if (!seen.known) return [];
  const nodes = (await cluster.nodes()).filter((node) => !atVersion(node, input.target)).map(({ name }) => name);
  return barePodsOn(nodes, seen.value, input);
}

/** The first of the two messages of a run. Another one says how it ended. */
export const startOf = (
  input: NoticeInput & { readonly target: KubeVersion },
  leftBehind: string | undefined,
  bare: readonly string[],
): Notice =>
  noticeFor(input, {
    event: 'started',
    target: input.target,
    text: [
      `The upgrade to ${kubeTag(input.target)} has begun: control plane first, then workers. Another message says how it ended.`,
      ...(leftBehind === undefined ? [] : [takenOver(leftBehind)]),
      ...bareText(bare),
      `To stop before the next node: kubectl -n k8s-upgrade create configmap ${KILL_SWITCH} --from-literal=reason='…'`,
    ].join('\n'),
  });

export const takenOver = (run: string): string =>
  `It resumes the upgrade that ${run} did not finish, and replaces the marks of that run.`;

/** The target of the upgrade that begins. undefined when none begins: the run is an operation, or it pauses or halts. */
export const targetToAnnounce = (
  { beginVerdict }: BeginResult,
  target: KubeVersion | undefined,
): KubeVersion | undefined => (beginVerdict === 'go' ? target : undefined);

interface StartClients {
  readonly cluster: NodeReads;
  readonly fenced: NodeWrites;
  readonly rehearsal: Pick<Rehearsal, 'pods'>;
  readonly alertSource: AlertSource;
  readonly gauges: Gauges;
  readonly chat: Chat;
  readonly clock: Clock;
  readonly log: Log;
}

interface StartInput extends NoticeInput {
  readonly target: KubeVersion;
  readonly me: RunId;
  readonly annotationPrefix: string;
  readonly deleteUnmanagedPods: boolean;
  /** The run whose marks this one replaces. */
  readonly leftBehind: string | undefined;
}

/** Records that the upgrade is in progress and the state before it. Then pushes the gauges and sends the notice. */
export async function announce(clients: StartClients, start: StartInput): Promise<void> {
  const { cluster, fenced, rehearsal, alertSource, clock, log } = clients;
  const { annotationPrefix, me, target, leftBehind } = start;
  const marks = { reads: cluster, writes: fenced, clock, log };
  await markInFlight(marks, annotationPrefix, me, target);
  await rememberAlerts(alertSource, marks, annotationPrefix, me);
  await rememberPods(rehearsal, marks, annotationPrefix, me);
  const bare = await bareBefore(cluster, rehearsal, start);
  // Without the Lease, the gauges may belong to another run.
  await clients.gauges.upgrade(gaugesAtBegin(clock.now()));
  await clients.chat.tell(startOf(start, leftBehind, bare));
}
