import { Cron } from 'croner';

/** A cron schedule and its time zone of the IANA database. */
export interface Schedule {
  readonly cron: string;
  readonly timezone: string;
}

/** What a value of each field is, as a pattern. */
const VALUES = [
  '[0-5]?[0-9]',
  '[01]?[0-9]|2[0-3]',
  '0?[1-9]|[12][0-9]|3[01]',
  '0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC',
  '0?[0-6]|SUN|MON|TUE|WED|THU|FRI|SAT',
];

/**
 * The terms of each field that https://pkg.go.dev/github.com/robfig/cron/v3, which Argo uses, and croner understand alike.
 * Sunday is 0. croner also takes 7 for Sunday, `L`, `W`, `#`, and 6-13/8 for a month.
 */
const TERMS = VALUES.map(
  // Bound: nothing is repeated.
  (value) => new RegExp(`^(?:[*]|(?:${value})(?:-(?:${value}))?)(?:/[1-9][0-9]?)?$`, 'i'),
);

const isOfDialect = (fields: readonly string[]): boolean =>
  fields.length === TERMS.length && fields.every((field, i) => field.split(',').every((term) => TERMS[i]?.test(term)));

/** Far longer than any schedule. */
const LONGEST_CRON = 500;

/** A firing is looked for from here on, so that an answer does not depend on the day on which it is asked for. */
export const START_MS = Date.UTC(2026, 0, 1);

/** Whether a text is a cron schedule that fires on some day. */
export function isCron(text: string): boolean {
  if (text.length > LONGEST_CRON || !isOfDialect(text.split(' '))) return false;
  try {
    new Cron(text, AS_ARGO);
    return firingsOf({ cron: text, timezone: 'UTC' })(START_MS) !== undefined;
  } catch {
    return false;
  }
}

/** sloppyRanges: takes 5/15 as 5-59/15. */
const AS_ARGO = { mode: '5-part', sloppyRanges: true, paused: true } as const;

/** Returns a function from a moment to the next firing after it, both in milliseconds since the epoch; undefined when there is none. */
export function firingsOf({ cron, timezone }: Schedule): (afterMs: number) => number | undefined {
  // robfig/cron takes a field as * when one of its terms is * or */1. That decides whether day and weekday must both match.
  const fields = cron.split(' ').map((field) => (/(?:^|,)[*](?:\/1)?(?:,|$)/.test(field) ? '*' : field));
  const scheduler = new Cron(fields.join(' '), { ...AS_ARGO, timezone });
  return (afterMs) => scheduler.nextRun(new Date(afterMs))?.getTime();
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Returns the least number of seconds between two firings, whatever the day. */
export function shortestGapSeconds(cron: string): number {
  const [minute = '', hour = ''] = cron.split(' ');
  const next = firingsOf({ cron: `${minute} ${hour} * * *`, timezone: 'UTC' });
  const first = next(START_MS) ?? START_MS;
  let [at, gapMs] = [first, DAY_MS];
  while (at < first + DAY_MS && gapMs > MINUTE_MS) {
    const after = next(at) ?? Infinity;
    gapMs = Math.min(gapMs, after - at);
    at = after;
  }
  return gapMs / 1000;
}
