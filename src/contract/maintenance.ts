import { isDate, WEEKDAYS, type Freeze, type Maintenance, type MaintenanceWindow } from '../run/maintenance-window.ts';
import { json, type Param } from './param.ts';

/** When nodes may begin, as the settings say it. */
export const maintenance: Param<Maintenance> = json(checkMaintenance, {
  doc: 'When nodes may begin: time zone, windows (none: always), freezes.',
  example:
    '{"timezone":"Europe/Berlin","windows":[{"days":["mon"],"start":"23:00","end":"06:00"}],"freezes":[{"from":"2026-12-20","to":"2027-01-04","reason":"holidays"}]}',
});

function checkMaintenance(value: unknown): Maintenance {
  const { timezone, windows, freezes } = Object(value) as Record<string, unknown>;
  if (!isTimezone(timezone) || !isListOf(windows, isWindow) || !isListOf(freezes, isFreeze))
    throw new RangeError('{"timezone", "windows": [{"days", "start", "end"}], "freezes": [{"from", "to", "reason"}]}');
  return { timezone, windows, freezes };
}

const isListOf = <T>(value: unknown, is: (member: unknown) => member is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

function isTimezone(value: unknown): value is string {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== '';
  } catch {
    return false;
  }
}

function isWindow(value: unknown): value is MaintenanceWindow {
  const { days, start, end } = Object(value) as Record<string, unknown>;
  return isListOf(days, isWeekday) && days.length > 0 && isTimeOfDay(start) && isTimeOfDay(end);
}

const isWeekday = (value: unknown): value is MaintenanceWindow['days'][number] => WEEKDAYS.some((day) => day === value);
const isTimeOfDay = (value: unknown): boolean => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);

function isFreeze(value: unknown): value is Freeze {
  const { from, to, reason } = Object(value) as Record<string, unknown>;
  return typeof from === 'string' && typeof to === 'string' && isDate(from) && isDate(to) && typeof reason === 'string';
}
