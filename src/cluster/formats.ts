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

/** Go reads time zones by file name, so the case counts there, which Intl forgives. */
export function isTimezone(text: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(text)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    return known === text || known.toLowerCase() !== text.toLowerCase();
  } catch {
    return false;
  }
}

/** Of the calendar: there is no 30th of February. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const atMs = Date.parse(text);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** Host bits are refused: 10.0.0.7/8 is a slip for /32 or for 10.0.0.0. Kubernetes goes the same way: https://kep.k8s.io/4858 */
export function isCidr(text: string): boolean {
  const [, address = '', prefix = ''] = /^([0-9A-Fa-f.:]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 128 ? ipv6(address) : ipv4(address);
  if (value === undefined || Number(prefix) > bits) return false;
  return value % 2n ** BigInt(bits - Number(prefix)) === 0n;
}

function ipv4(text: string): bigint | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(0|[1-9][0-9]{0,2})$/.test(byte) && Number(byte) <= 255)) return;
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function ipv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const words = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const missing = 8 - words(head).length - words(tail ?? '').length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...words(head), ...Array<string>(missing).fill('0'), ...words(tail ?? '')];
  if (!all.every((word) => /^[0-9A-Fa-f]{1,4}$/.test(word))) return undefined;
  return all.reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n);
}
