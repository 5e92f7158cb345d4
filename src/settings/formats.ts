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
