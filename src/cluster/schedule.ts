import {
  minutesOf,
  minutesOfDay,
  utcOffsetMs,
  WEEKDAYS,
  windowState,
  type Maintenance,
  type MaintenanceWindow,
} from '../run/maintenance-window.ts';
import { firingsOf, START_MS, type Schedule } from './cron.ts';
import type { ClusterSettings } from '../settings/cluster.ts';

type Settings = Pick<ClusterSettings, 'nightly' | 'maintenance'>;

/** Why no nightly run would ever take a node; undefined where one may. A window that is too short itself is not told again. */
export function scheduleProblem({ nightly, maintenance }: Settings): string | undefined {
  const { schedule: cron, timezone, suspend } = nightly;
  const { windows, assumedNodeSeconds } = maintenance;
  if (suspend || windows.length === 0) return undefined;
  const longestSeconds = Math.max(...windows.map(minutesOf)) * 60;
  const neededSeconds = Math.min(assumedNodeSeconds, longestSeconds);
  if (meetsWindow({ cron, timezone }, { ...maintenance, freezes: [] }, neededSeconds)) return undefined;
  return (
    `is ${cron} (${timezone}) and never fires inside maintenance.windows (${maintenance.timezone}) with ` +
    `${neededSeconds} s left for a node, expected to, such as ${atOpening(windows)} with nightly.timezone: ${maintenance.timezone}`
  );
}

/** By then, winter and summer time have been seen. */
const ONE_YEAR_LATER_MS = Date.UTC(2027, 0, 1);
/** By then, each day of the year has met each weekday, also the 29th of February. */
const LAST_FIRING_MS = Date.UTC(2054, 0, 1);
/** A schedule that fires this often without a window counts as one that never meets it. */
const MOST_FIRINGS = 100;

/**
 * Returns whether some firing of a schedule falls into a window with that much of the window left. Freezes do not count,
 * since they end. A schedule that meets the window in one half of the year is enough. A window during which the clock
 * changes does not count: it is longer than the others once a year.
 */
function meetsWindow(schedule: Schedule, maintenance: Maintenance, leftSeconds: number): boolean {
  const next = firingsOf(schedule);
  const isLooked = (atMs: number, firing: number): boolean =>
    atMs < ONE_YEAR_LATER_MS || (firing < MOST_FIRINGS && atMs < LAST_FIRING_MS);
  let atMs = next(START_MS);
  for (let firing = 0; atMs !== undefined && isLooked(atMs, firing); firing++) {
    const state = windowState(maintenance, atMs);
    const untilMs = state.open ? (state.untilMs ?? Infinity) : undefined;
    if (untilMs !== undefined && untilMs - atMs >= leftSeconds * 1000 && sameOffset(atMs, untilMs, maintenance))
      return true;
    // What else fires before the window closes has less time, and what fires before it opens has none.
    atMs = next((state.open ? (state.untilMs ?? Infinity) : state.opensAtMs) - 1);
  }
  return false;
}

const sameOffset = (a: number, b: number, { timezone }: Maintenance): boolean =>
  utcOffsetMs(a, timezone) === utcOffsetMs(b, timezone);

/** The cron schedule that fires as the first of the windows opens. */
function atOpening([first]: readonly MaintenanceWindow[]): string {
  if (first === undefined) return '0 0 * * *';
  const minutes = minutesOfDay(first.start);
  const days = first.days.map((day) => WEEKDAYS.indexOf(day)).sort((a, b) => a - b);
  return `${minutes % 60} ${Math.floor(minutes / 60)} * * ${days.length === 7 ? '*' : days.join(',')}`;
}
