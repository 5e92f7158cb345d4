import { canonicalAddress } from '../upgrade/node/ip-address.ts';

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

/** Refuses a host in brackets that is no IPv6 address. The pattern of the setting checks the rest. */
export function isHttpAddress(text: string): boolean {
  const [, address] = /^https?:\/\/\[([^\]]*)\]/.exec(text) ?? [];
  return address === undefined || (address.includes(':') && canonicalAddress(address) !== undefined);
}

/**
 * Returns whether a text is a day of the calendar as `YYYY-MM-DD`. `Date` parses the 30th of February as
 * the 2nd of March. Temporal would add 0.18 MB to every step, because each step checks its inputs with this function.
 */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
