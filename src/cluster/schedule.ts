import { minutesOf, minutesOfDay, utcOffsetMs, WEEKDAYS, type MaintenanceWindow } from '../run/maintenance-window.ts';
import { cronValues } from './formats.ts';
import type { ClusterSettings } from '../settings/cluster.ts';

type Settings = Pick<ClusterSettings, 'nightly' | 'maintenance'>;

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** Why no nightly run would ever take a node; undefined where one may. A window that is too short itself is not told again. */
export function scheduleProblem({ nightly, maintenance }: Settings): string | undefined {
  const { schedule: cron, timezone, suspend } = nightly;
  const { windows, assumedNodeSeconds } = maintenance;
  if (suspend || windows.length === 0) return undefined;
  const longestSeconds = Math.max(...windows.map(minutesOf)) * 60;
  const neededSeconds = Math.min(assumedNodeSeconds, longestSeconds);
  if (meetsWindow({ cron, timezone }, maintenance, neededSeconds)) return undefined;
  return (
    `is ${cron} (${timezone}) and never fires inside maintenance.windows (${maintenance.timezone}) with ` +
    `${neededSeconds} s left for a node, expected to, such as ${atOpening(windows)} with nightly.timezone: ${maintenance.timezone}`
  );
}

/** A cron schedule and its time zone of the IANA database. */
interface Schedule {
  readonly cron: string;
  readonly timezone: string;
}

/**
 * Whether some firing of a schedule falls into a window with that much of the window left. Freezes do not count, since they
 * end. Summer time counts: a firing that meets the window in one half of the year is enough.
 */
function meetsWindow(
  schedule: Schedule,
  maintenance: { readonly windows: readonly MaintenanceWindow[]; readonly timezone: string },
  leftSeconds: number,
): boolean {
  const open = openMinutes(maintenance.windows);
  const left = Math.ceil(leftSeconds / 60);
  const firings = firingMinutes(schedule.cron);
  return offsets(schedule.timezone, maintenance.timezone).some((offset) =>
    firings.some((firing) => isOpenFor(open, firing + offset, left)),
  );
}

/** The cron schedule that fires as the first of the windows opens. */
function atOpening([first]: readonly MaintenanceWindow[]): string {
  if (first === undefined) return '0 0 * * *';
  const minutes = minutesOfDay(first.start);
  const days = first.days.map((day) => WEEKDAYS.indexOf(day)).sort((a, b) => a - b);
  return `${minutes % 60} ${Math.floor(minutes / 60)} * * ${days.length === 7 ? '*' : days.join(',')}`;
}

/** Minutes since Sunday 00:00 at which the schedule fires in some week. */
function firingMinutes(cron: string): number[] {
  const [minutes = [], hours = [], , , weekdays = []] = cronValues(cron);
  const [, , days, , weekday] = cron.split(' ');
  // A day of the month falls on each weekday sooner or later, and cron fires where either of the two matches.
  const reached = days === '*' || weekday === '*' ? weekdays : WEEKDAYS.keys();
  return [...reached].flatMap((day) =>
    hours.flatMap((hour) => minutes.map((minute) => day * DAY_MINUTES + hour * 60 + minute)),
  );
}

/** Per minute of the week whether some window is open. */
function openMinutes(windows: readonly MaintenanceWindow[]): boolean[] {
  const open = Array<boolean>(WEEK_MINUTES).fill(false);
  for (const window of windows) {
    for (const day of window.days) {
      const start = WEEKDAYS.indexOf(day) * DAY_MINUTES + minutesOfDay(window.start);
      for (let minute = 0; minute < minutesOf(window); minute++) open[(start + minute) % WEEK_MINUTES] = true;
    }
  }
  return open;
}

function isOpenFor(open: readonly boolean[], from: number, minutes: number): boolean {
  for (let minute = 0; minute < minutes; minute++) {
    if (open[(from + minute + WEEK_MINUTES) % WEEK_MINUTES] !== true) return false;
  }
  return true;
}

/** By how many minutes the second clock is ahead of the first: one value, or several where summer time differs. */
function offsets(first: string, second: string): number[] {
  if (first === second) return [0];
  // One instant per week of a year: summer time lasts for months.
  const instants = Array.from({ length: 53 }, (_, week) => Date.UTC(2026, 0, 1) + week * WEEK_MINUTES * 60_000);
  const ahead = instants.map((at) => Math.round((utcOffsetMs(at, second) - utcOffsetMs(at, first)) / 60_000));
  return [...new Set(ahead)];
}
