import { Temporal } from 'temporal-polyfill';

/** Days in the order of `Date.getUTCDay`. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** When a node may begin, in the local time of one time zone. */
export interface Maintenance {
  /** Name in the IANA database. */
  readonly timezone: string;
  /** Empty: always open. */
  readonly windows: readonly MaintenanceWindow[];
  readonly freezes: readonly Freeze[];
}

export interface MaintenanceWindow {
  /** The days on which the window opens. */
  readonly days: readonly Weekday[];
  /** `HH:MM`. A window whose end is not after its start ends on the next day. */
  readonly start: string;
  readonly end: string;
}

/** A freeze of whole days, including the last one. */
export interface Freeze {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Whether a node may begin now. Times are milliseconds since the epoch. */
type WindowState =
  | {
      readonly open: true;
      /** undefined: it has always been open. */
      readonly sinceMs: number | undefined;
      /** undefined: it never closes. */
      readonly untilMs: number | undefined;
    }
  | {
      readonly open: false;
      /** undefined: outside every window. */
      readonly freeze: Freeze | undefined;
      readonly opensAtMs: number;
    };

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Windows repeat every week. A window that opened yesterday may still be open. */
const LOOK_BACK_DAYS = 2;
const LOOK_AHEAD_DAYS = 9;

export function windowState(maintenance: Maintenance, nowMs: number): WindowState {
  const frozen = freezeAt(maintenance, nowMs);
  if (frozen !== undefined) {
    return {
      open: false,
      freeze: frozen,
      opensAtMs: nextOpening(maintenance, freezeInterval(frozen, maintenance).toMs),
    };
  }
  const { windows, freezes } = maintenance;
  const now = windows.length === 0 ? ALWAYS : openIntervals(maintenance, nowMs).find(holds(nowMs));
  if (now === undefined) return { open: false, freeze: undefined, opensAtMs: nextOpening(maintenance, nowMs) };
  const frosts = freezes.map((freeze) => freezeInterval(freeze, maintenance));
  const since = Math.max(now.fromMs, ...frosts.map(({ toMs }) => toMs).filter((toMs) => toMs <= nowMs));
  const until = Math.min(now.toMs, ...frosts.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs));
  return { open: true, sinceMs: finite(since), untilMs: finite(until) };
}

/** Returns the first time, from `fromMs` on, at which a window is open and no freeze applies. */
export function nextOpening(maintenance: Maintenance, fromMs: number): number {
  let atMs = fromMs;
  // Each iteration moves past the gap before a window or past a freeze.
  for (let turn = 0; turn <= 2 * maintenance.freezes.length + 2; turn++) {
    const freeze = freezeAt(maintenance, atMs);
    if (freeze !== undefined) atMs = freezeInterval(freeze, maintenance).toMs;
    else {
      const opensAtMs = nextWindow(maintenance, atMs);
      if (opensAtMs === atMs) return atMs;
      atMs = opensAtMs;
    }
  }
  return atMs;
}

/** Returns `Tue 2026-11-24 23:00 Europe/Berlin`. */
export function formatMoment(atMs: number, timezone: string): string {
  const at = zoned(atMs, timezone);
  const weekday = weekdayOf(at);
  const time = at.toPlainTime().toString({ smallestUnit: 'minute' });
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)} ${at.toPlainDate().toString()} ${time} ${timezone}`;
}

/** Returns the minutes from the start of the window to its end, in local time. */
export function minutesOf({ start, end }: Pick<MaintenanceWindow, 'start' | 'end'>): number {
  const minutes = minutesOfDay(end) - minutesOfDay(start);
  return minutes > 0 ? minutes : minutes + 24 * 60;
}

const ALWAYS: Interval = { fromMs: -Infinity, toMs: Infinity };
const holds =
  (atMs: number) =>
  ({ fromMs, toMs }: Interval): boolean =>
    fromMs <= atMs && atMs < toMs;
const finite = (ms: number): number | undefined => (Number.isFinite(ms) ? ms : undefined);

const freezeAt = (maintenance: Maintenance, atMs: number): Freeze | undefined =>
  maintenance.freezes.find((freeze) => holds(atMs)(freezeInterval(freeze, maintenance)));

function freezeInterval({ from, to }: Freeze, { timezone }: Maintenance): Interval {
  const dayAfter = Temporal.PlainDate.from(to).add({ days: 1 });
  return {
    fromMs: instantOf(Temporal.PlainDate.from(from), '00:00', timezone),
    toMs: instantOf(dayAfter, '00:00', timezone),
  };
}

function nextWindow(maintenance: Maintenance, atMs: number): number {
  if (maintenance.windows.length === 0) return atMs;
  const later = openIntervals(maintenance, atMs).find(({ toMs }) => toMs > atMs);
  return Math.max(atMs, later?.fromMs ?? atMs);
}

/** Returns the open intervals around a time, in order. It merges adjacent windows. */
function openIntervals({ windows, timezone }: Maintenance, aroundMs: number): Interval[] {
  const today = zoned(aroundMs, timezone).toPlainDate();
  const days = Array.from({ length: LOOK_BACK_DAYS + LOOK_AHEAD_DAYS + 1 }, (_, i) =>
    today.add({ days: i - LOOK_BACK_DAYS }),
  );
  const intervals = days.flatMap((date) =>
    windows
      .filter((window) => window.days.includes(weekdayOf(date)))
      .map((window) => intervalOf(window, date, timezone)),
  );
  return joined(intervals.sort((a, b) => a.fromMs - b.fromMs));
}

function intervalOf({ start, end }: MaintenanceWindow, date: Temporal.PlainDate, timezone: string): Interval {
  const overnight = minutesOfDay(end) <= minutesOfDay(start);
  return {
    fromMs: instantOf(date, start, timezone),
    toMs: instantOf(overnight ? date.add({ days: 1 }) : date, end, timezone),
  };
}

function joined(sorted: readonly Interval[]): Interval[] {
  const all: Interval[] = [];
  for (const next of sorted) {
    const last = all.at(-1);
    if (last === undefined || next.fromMs > last.toMs) all.push(next);
    else all.splice(-1, 1, { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) });
  }
  return all;
}

/**
 * Returns the milliseconds since the epoch at which the clock of a time zone shows `HH:MM` on a day. When summer time
 * ends, the clock may show it twice: the first time counts. When summer time begins, the clock may skip it: the result
 * is later by the length of the jump.
 */
const instantOf = (day: Temporal.PlainDate, time: string, timeZone: string): number =>
  day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

/** Returns how far the clock of a time zone is ahead of UTC, in milliseconds. */
export const utcOffsetMs = (atMs: number, timezone: string): number =>
  zoned(atMs, timezone).offsetNanoseconds / 1_000_000;

const zoned = (atMs: number, timezone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone);

const weekdayOf = ({ dayOfWeek }: Temporal.PlainDate | Temporal.ZonedDateTime): Weekday =>
  // Temporal counts from Monday, 1, to Sunday, 7.
  WEEKDAYS[dayOfWeek % 7] ?? 'sun';

/** Returns minutes since midnight. */
export function minutesOfDay(text: string): number {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
