import { tryParseJson } from '../text/json.ts';
import { parseObjectName } from '../text/object-name.ts';
import { act, done, wait, type Decision } from '../upgrade/decision.ts';
import { unreadable, type Unreadable } from '../upgrade/reading.ts';

/**
 * The lock under which kured reboots nodes, an annotation of its DaemonSet. With `--concurrency` above 1 the annotation
 * holds a list.
 * Each variant of kured reads the fields that it knows and ignores the rest, so this project's lock contains both.
 * https://github.com/kubereboot/kured/blob/main/internal/daemonsetlock/daemonsetlock.go
 */
interface KuredHolder {
  readonly nodeId: string;
  /** undefined when the lock has no creation time. */
  readonly sinceMs: number | undefined;
  /** undefined: until it is released. */
  readonly untilMs: number | undefined;
}

/** A run of this project, with the identity under which it holds the lock. */
interface KuredRun {
  readonly uid: string;
  readonly name: string;
}

/** `leaked`: an earlier run of this project holds it. `rolling`: kured itself holds it, or the holder is unknown. */
export type KuredLockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'leaked'; readonly run: string }
  | { readonly kind: 'rolling'; readonly because: string };

/**
 * Lifetime of the lock in hours. It is longer than a run takes without beginning a node, which renews the lock. It also
 * lasts beyond the next scheduled run, which takes over the lock of a failed run. A lock that no run takes over expires
 * by itself.
 */
export const KURED_LOCK_HOURS = 30;
const RENEW_AFTER_MS = 3_600_000;
const NANOSECONDS_PER_MS = 1_000_000;
const HOUR_MS = 3_600_000;

/** A Node name contains no slash. */
const OURS = 'k8s-upgrade/';
const nodeIdOf = ({ name, uid }: KuredRun): string => `${OURS}${name}/${uid}`;

/**
 * Returns the value to write to hold the lock. `concurrency`: how many nodes this kured reboots at once. The run holds
 * every place.
 */
export function formatKuredLock(run: KuredRun, nowMs: number, concurrency: number): string {
  const ours = {
    nodeID: nodeIdOf(run),
    metadata: { unschedulable: false },
    created: new Date(nowMs).toISOString(),
    TTL: KURED_LOCK_HOURS * HOUR_MS * NANOSECONDS_PER_MS,
  };
  return JSON.stringify({ ...ours, maxOwners: concurrency, locks: Array(concurrency).fill(ours) });
}

/** Returns the holders, even after their time is over; empty without an annotation. */
export function parseKuredLock(text: string | undefined): readonly KuredHolder[] | Unreadable {
  if (text === undefined) return [];
  const value = tryParseJson(text);
  if (typeof value !== 'object' || value === null) return unreadable(text);
  const { nodeID = '', locks = [] } = value as { readonly nodeID?: unknown; readonly locks?: unknown };
  if (typeof nodeID !== 'string' || (locks !== null && !Array.isArray(locks))) return unreadable(text);
  const holders = [...(nodeID === '' ? [] : [value]), ...((locks ?? []) as unknown[])].map(toHolder);
  return holders.every((holder) => holder !== undefined) ? holders : unreadable(text);
}

function toHolder(value: unknown): KuredHolder | undefined {
  const { nodeID, created, TTL = 0 } = Object(value) as Record<string, unknown>;
  const sinceMs = created === undefined ? undefined : typeof created === 'string' ? Date.parse(created) : NaN;
  if (typeof nodeID !== 'string' || nodeID === '' || typeof TTL !== 'number' || Number.isNaN(sinceMs)) return undefined;
  const lasts = TTL > 0 && sinceMs !== undefined;
  return { nodeId: nodeID, sinceMs, untilMs: lasts ? sinceMs + TTL / NANOSECONDS_PER_MS : undefined };
}

/** `where`: the DaemonSet and the annotation, for a message. */
export function kuredLockState(
  lock: string | undefined,
  { uid }: Pick<KuredRun, 'uid'>,
  nowMs: number,
  where: { readonly daemonSet: string; readonly annotation: string },
): KuredLockState {
  const holders = parseKuredLock(lock);
  const { namespace, name } = parseObjectName(where.daemonSet);
  const remedy = `kubectl -n ${namespace} annotate daemonset ${name} ${where.annotation}-`;
  if ('unreadable' in holders)
    return {
      kind: 'rolling',
      because: `It is unknown whether kured rolls a node: its lock reads ${shown(holders.unreadable)}. ${ONCE_BACK} ${remedy}`,
    };
  const live = holders.filter(({ untilMs }) => untilMs === undefined || nowMs < untilMs);
  const others = live.filter(({ nodeId }) => !nodeId.startsWith(OURS));
  if (others.length > 0)
    return {
      kind: 'rolling',
      because: `kured rolls ${others.map(formatHolder).join(', ')}: it and an upgrade never take nodes at once. ${ONCE_BACK} ${remedy}`,
    };
  const ours = live.find(({ nodeId }) => nodeId.endsWith(`/${uid}`));
  if (ours !== undefined) return { kind: 'ours', sinceMs: ours.sinceMs ?? nowMs, untilMs: ours.untilMs ?? Infinity };
  const left = live.at(0);
  return left === undefined ? { kind: 'free' } : { kind: 'leaked', run: left.nodeId.split('/')[1] ?? '' };
}

const ONCE_BACK = 'kured releases its lock once the node is healthy. To remove the lock of a deleted node:';

const shown = (text: string): string => text.slice(0, 200).replaceAll(/\s+/g, ' ');

const formatHolder = ({ nodeId, sinceMs }: KuredHolder): string =>
  `${nodeId}${sinceMs === undefined ? '' : ` since ${formatMinute(sinceMs)}`}`;

/** Returns `2026-11-24 01:00 UTC`. kured itself uses no other time zone. */
export const formatMinute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The DaemonSet of kured as it was read. */
interface SeenKured {
  readonly lock: string | undefined;
  readonly daemonSet: string;
  readonly annotation: string;
}

/** Write the lock of kured, which still reads as it was seen. */
export interface HoldKured<K> {
  readonly hold: K;
}

/** What a run does about kured before it works on nodes. `ready`: there is no kured, or the run holds the lock. */
type KuredStep<K> =
  | { readonly kind: 'ready'; readonly because: string }
  | { readonly kind: 'rolling'; readonly because: string }
  | (HoldKured<K> & { readonly kind: 'hold'; readonly because: string });

export function kuredStep<K extends SeenKured>(
  kured: K | undefined,
  me: Pick<KuredRun, 'uid'>,
  nowMs: number,
): KuredStep<K> {
  if (kured === undefined) return { kind: 'ready', because: 'The cluster has no kured.' };
  const state = kuredLockState(kured.lock, me, nowMs, kured);
  if (state.kind === 'rolling') return state;
  if (!mustWriteLock(state, nowMs)) return { kind: 'ready', because: 'The lock of kured is held by this run.' };
  const before = state.kind === 'leaked' ? `${state.run} left the lock of kured behind. ` : '';
  return { kind: 'hold', hold: kured, because: `${before}Holding the lock of kured, so that it rolls no node.` };
}

const POLL_SECONDS = 15;

/** `elapsedSeconds`: how long the step has waited. It waits for at most `kuredWaitSeconds`. */
interface KuredWait extends Pick<KuredRun, 'uid'> {
  readonly node: string;
  readonly nowMs: number;
  readonly elapsedSeconds: number;
  readonly kuredWaitSeconds: number;
}

/** Decides when work on a node may begin beside kured. The value says why it must not begin; undefined when it may. */
export function waitForKured<K extends SeenKured>(
  kured: K | undefined,
  { uid, node, nowMs, elapsedSeconds, kuredWaitSeconds: limit }: KuredWait,
): Decision<HoldKured<K>, string | undefined> {
  const step = kuredStep(kured, { uid }, nowMs);
  if (step.kind === 'hold') return act({ hold: step.hold }, step.because);
  if (step.kind === 'ready') return done(step.because);
  if (elapsedSeconds < limit) return wait(POLL_SECONDS, `${node} waits for up to ${limit} s: ${step.because}`);
  const late = `${node} was left as it is: waited ${elapsedSeconds} s, and ${step.because}`;
  return { kind: 'done', value: late, because: late };
}

/** Returns whether the lock must be written so that this run holds it for long enough. */
export function mustWriteLock(state: KuredLockState, nowMs: number): boolean {
  switch (state.kind) {
    case 'free':
    case 'leaked':
      return true;
    case 'ours':
      return nowMs - state.sinceMs >= RENEW_AFTER_MS;
    case 'rolling':
      return false;
  }
}

/**
 * Returns the annotation without this project's locks; null: nothing is left, so remove the annotation. undefined: it
 * holds no lock of this project. `whose`: only the lock of this run, or of any run.
 */
export function withoutOwnLocks(
  text: string | undefined,
  whose: Pick<KuredRun, 'uid'> | 'any',
): string | null | undefined {
  const holders = parseKuredLock(text);
  if ('unreadable' in holders) return undefined;
  const isOurs = (nodeId: unknown): boolean =>
    typeof nodeId === 'string' && nodeId.startsWith(OURS) && (whose === 'any' || nodeId.endsWith(`/${whose.uid}`));
  if (!holders.some(({ nodeId }) => isOurs(nodeId))) return undefined;
  const { maxOwners, locks } = Object(tryParseJson(text ?? '')) as {
    maxOwners?: unknown;
    locks?: readonly unknown[] | null;
  };
  const others = (locks ?? []).filter((lock) => !isOurs((Object(lock) as { nodeID?: unknown }).nodeID));
  return others.length === 0 ? null : JSON.stringify({ maxOwners, locks: others });
}
