/** Days in the order of `Date.getUTCDay`. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When a node may begin, in the wall-clock time of one time zone. */
export interface Maintenance {
  /** Of the IANA database. */
  readonly timezone: string;
  /** None: always open. */
  readonly windows: readonly MaintenanceWindow[];
  readonly freezes: readonly Freeze[];
}

export interface MaintenanceWindow {
  /** The days on which it opens. */
  readonly days: readonly Weekday[];
  /** `HH:MM`. One that ends at or before its start ends on the next day. */
  readonly start: string;
  readonly end: string;
}

/** Whole days, the last one included. */
export interface Freeze {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Whether a node may begin now. Times are milliseconds since the epoch. */
export type WindowState =
  | {
      readonly open: true;
      /** undefined: it was never closed, as far as anybody said. */
      readonly sinceMs: number | undefined;
      /** undefined: nobody said that it closes. */
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

const DAY_MS = 24 * 60 * 60 * 1000;
/** Windows come back every week; one that opened yesterday may be open still. */
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

/** The first moment, from this one on, at which a window is open and nothing is frozen. */
export function nextOpening(maintenance: Maintenance, fromMs: number): number {
  let atMs = fromMs;
  // Every turn leaves a window's gap or a freeze behind.
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

/** `Tue 2026-11-24 23:00 Europe/Berlin` */
export function formatMoment(atMs: number, timezone: string): string {
  const { year, month, day, minutes } = wallClock(atMs, timezone);
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? '';
  const date = `${year}-${pad(month)}-${pad(day)}`;
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)} ${date} ${formatClock(minutes)} ${timezone}`;
}

/** Minutes from the start of the window to its end, by the clock on the wall. */
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
  return { fromMs: instantOf(Date.parse(from), 0, timezone), toMs: instantOf(Date.parse(to) + DAY_MS, 0, timezone) };
}

function nextWindow(maintenance: Maintenance, atMs: number): number {
  if (maintenance.windows.length === 0) return atMs;
  const later = openIntervals(maintenance, atMs).find(({ toMs }) => toMs > atMs);
  return Math.max(atMs, later?.fromMs ?? atMs);
}

/** What the windows say around a moment, in order; windows that meet are one. */
function openIntervals({ windows, timezone }: Maintenance, aroundMs: number): Interval[] {
  const { year, month, day } = wallClock(aroundMs, timezone);
  const today = Date.UTC(year, month - 1, day);
  const days = Array.from(
    { length: LOOK_BACK_DAYS + LOOK_AHEAD_DAYS + 1 },
    (_, i) => today + (i - LOOK_BACK_DAYS) * DAY_MS,
  );
  const intervals = days.flatMap((date) =>
    windows
      .filter((window) => window.days.some((name) => name === WEEKDAYS[new Date(date).getUTCDay()]))
      .map((window) => intervalOf(window, date, timezone)),
  );
  return joined(intervals.sort((a, b) => a.fromMs - b.fromMs));
}

function intervalOf({ start, end }: MaintenanceWindow, date: number, timezone: string): Interval {
  const overnight = minutesOfDay(end) <= minutesOfDay(start);
  return {
    fromMs: instantOf(date, minutesOfDay(start), timezone),
    toMs: instantOf(overnight ? date + DAY_MS : date, minutesOfDay(end), timezone),
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
 * When the clock on the wall shows that minute of that day (its midnight in UTC). Shown twice, as summer time ends: the first
 * time. Never shown, as it begins: as much later as the clock jumps.
 */
function instantOf(date: number, minutes: number, timezone: string): number {
  const wallMs = date + minutes * 60_000;
  const candidates = [wallMs - DAY_MS, wallMs + DAY_MS].map((near) => wallMs - utcOffsetMs(near, timezone));
  const shown = candidates.filter((ms) => ms + utcOffsetMs(ms, timezone) === wallMs);
  return shown.length > 0 ? Math.min(...shown) : (candidates[0] ?? wallMs);
}

/** How far the clock on the wall is ahead of UTC, in milliseconds. */
export function utcOffsetMs(atMs: number, timezone: string): number {
  const { year, month, day, minutes } = wallClock(atMs, timezone);
  return Date.UTC(year, month - 1, day) + minutes * 60_000 - Math.floor(atMs / 60_000) * 60_000;
}

interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly minutes: number;
}

function wallClock(atMs: number, timezone: string): WallClock {
  const parts = new Map(
    clockOf(timezone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? NaN;
  return { year: part('year'), month: part('month'), day: part('day'), minutes: part('hour') * 60 + part('minute') };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Made once each: making one takes longer than asking it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric });
  clocks.set(timeZone, clock);
  return clock;
}

/** Minutes since midnight. */
export function minutesOfDay(text: string): number {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

const pad = (number: number): string => String(number).padStart(2, '0');
const formatClock = (minutes: number): string => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
