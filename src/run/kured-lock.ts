import { unreadable, type Unreadable } from '../upgrade/reading.ts';

/**
 * The lock under which kured reboots nodes: an annotation of its DaemonSet. With `--concurrency` above 1 it holds a list.
 * Each kind of kured reads what it knows and passes over the rest, so that ours says both.
 * https://github.com/kubereboot/kured/blob/main/internal/daemonsetlock/daemonsetlock.go
 */
export interface KuredHolder {
  readonly nodeId: string;
  /** undefined when it does not say. */
  readonly sinceMs: number | undefined;
  /** undefined: until it is given back. */
  readonly untilMs: number | undefined;
}

/** A run of ours, by the name under which it holds the lock. */
export interface KuredRun {
  readonly uid: string;
  readonly name: string;
}

/** `leaked`: an earlier run of ours has it. `rolling`: kured itself has it, or nobody can tell. */
export type KuredStand =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'leaked'; readonly run: string }
  | { readonly kind: 'rolling'; readonly because: string };

/**
 * Longer than a run takes without beginning a node, which renews it, and beyond the next night, which takes over what a
 * failed one has left: so one that nobody takes over ends by itself.
 */
export const KURED_LOCK_HOURS = 30;
const RENEW_AFTER_MS = 3_600_000;
const NANOSECONDS_PER_MS = 1_000_000;
const HOUR_MS = 3_600_000;

/** No node has a name with a slash in it. */
const OURS = 'k8s-upgrade/';
const nodeIdOf = ({ name, uid }: KuredRun): string => `${OURS}${name}/${uid}`;

/** What is to be written to hold the lock. `concurrency`: how many nodes this kured takes at once; every place is ours. */
export function formatKuredLock(run: KuredRun, nowMs: number, concurrency: number): string {
  const ours = {
    nodeID: nodeIdOf(run),
    metadata: { unschedulable: false },
    created: new Date(nowMs).toISOString(),
    TTL: KURED_LOCK_HOURS * HOUR_MS * NANOSECONDS_PER_MS,
  };
  return JSON.stringify({ ...ours, maxOwners: concurrency, locks: Array(concurrency).fill(ours) });
}

/** Who holds it, whether or not their time is over; nobody when there is no annotation. */
export function parseKuredLock(text: string | undefined): readonly KuredHolder[] | Unreadable {
  if (text === undefined) return [];
  const value = tryParse(text);
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
export function kuredStand(
  lock: string | undefined,
  { uid }: Pick<KuredRun, 'uid'>,
  nowMs: number,
  where: { readonly daemonSet: string; readonly annotation: string },
): KuredStand {
  const holders = parseKuredLock(lock);
  const [namespace = '', name = ''] = where.daemonSet.split('/');
  const remedy = `kubectl -n ${namespace} annotate daemonset ${name} ${where.annotation}-`;
  if ('unreadable' in holders)
    return {
      kind: 'rolling',
      because: `Nobody can tell whether kured rolls a node: its lock reads ${shown(holders.unreadable)}. ${ONCE_BACK} ${remedy}`,
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

const ONCE_BACK = 'It gives its lock back once the node is well; to take it away from a node that is gone:';

const shown = (text: string): string => text.slice(0, 200).replaceAll(/\s+/g, ' ');

const formatHolder = ({ nodeId, sinceMs }: KuredHolder): string =>
  `${nodeId}${sinceMs === undefined ? '' : ` since ${formatMinute(sinceMs)}`}`;

/** `2026-11-24 01:00 UTC`: kured itself knows no other time. */
export const formatMinute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Whether the lock is to be written so that this run holds it, and will for long enough. */
export function isToBeHeld(stand: KuredStand, nowMs: number): boolean {
  switch (stand.kind) {
    case 'free':
    case 'leaked':
      return true;
    case 'ours':
      return nowMs - stand.sinceMs >= RENEW_AFTER_MS;
    case 'rolling':
      return false;
  }
}

/**
 * What is left of the annotation once what is ours is gone; null: nothing, and so no annotation. `whose`: only the lock of
 * this run, or of any of ours. undefined: nothing of ours is in it.
 */
export function withoutOurs(text: string | undefined, whose: Pick<KuredRun, 'uid'> | 'any'): string | null | undefined {
  const holders = parseKuredLock(text);
  if ('unreadable' in holders) return undefined;
  const isOurs = (nodeId: unknown): boolean =>
    typeof nodeId === 'string' && nodeId.startsWith(OURS) && (whose === 'any' || nodeId.endsWith(`/${whose.uid}`));
  if (!holders.some(({ nodeId }) => isOurs(nodeId))) return undefined;
  const { maxOwners, locks } = Object(tryParse(text ?? '')) as {
    maxOwners?: unknown;
    locks?: readonly unknown[] | null;
  };
  const others = (locks ?? []).filter((lock) => !isOurs((Object(lock) as { nodeID?: unknown }).nodeID));
  return others.length === 0 ? null : JSON.stringify({ maxOwners, locks: others });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
