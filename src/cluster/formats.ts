type Field = { min: number; max: number; names?: string };

// https://pkg.go.dev/github.com/robfig/cron/v3, which Argo uses: five fields, Sunday is 0 and 7 is refused.
const CRON_FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC' },
  { min: 0, max: 6, names: 'SUNMONTUEWEDTHUFRISAT' },
];
const LONGEST_MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isCron(text: string): boolean {
  const texts = text.split(' ');
  const fields = CRON_FIELDS.map((field, i) => cronField(texts[i] ?? '', field));
  if (texts.length !== CRON_FIELDS.length || fields.some((values) => values === undefined)) return false;
  const [, , days = [], months = []] = fields;
  const longestDays = Math.max(...months.map((month) => LONGEST_MONTH_DAYS[month - 1] ?? 0));
  // With a weekday given, cron runs on either match, so that no day of the month is impossible.
  return texts[4] !== '*' || Math.min(...days) <= longestDays;
}

const DAY_MINUTES = 24 * 60;

/** The least time between two firings of a schedule that is a cron, whatever the day. */
export function shortestGapSeconds(cron: string): number {
  const [minutes = [], hours = []] = cronValues(cron);
  const times = [...new Set(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)))].sort(
    (a, b) => a - b,
  );
  const gaps = times.map((time, i) => (times[i + 1] ?? DAY_MINUTES + (times[0] ?? 0)) - time);
  return Math.min(DAY_MINUTES, ...gaps) * 60;
}

/** The values of each of the five fields of a text that is a cron. */
export function cronValues(cron: string): number[][] {
  const texts = cron.split(' ');
  return CRON_FIELDS.map((field, i) => cronField(texts[i] ?? '', field) ?? []);
}

function cronField(text: string, field: Field): number[] | undefined {
  const terms = text.split(',').map((term) => cronTerm(term, field));
  return terms.every((values) => values !== undefined) ? terms.flat() : undefined;
}

function cronTerm(text: string, field: Field): number[] | undefined {
  const [, range = '', step] = /^([*]|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:\/([1-9][0-9]?))?$/.exec(text) ?? [];
  const [first = NaN, last = step === undefined ? first : field.max] =
    range === '*' ? [field.min, field.max] : range.split('-').map((end) => cronNumber(end, field));
  if (!(first >= field.min && last <= field.max && first <= last)) return undefined;
  const every = Number(step ?? 1);
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => first + i * every);
}

function cronNumber(text: string, { min, names = '' }: Field): number {
  if (/^[0-9]{1,2}$/.test(text)) return Number(text);
  const at = text.length === 3 ? names.indexOf(text.toUpperCase()) : -1;
  return at >= 0 && at % 3 === 0 ? min + at / 3 : NaN;
}
