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

/** Whether the date exists in the calendar: 30 February does not. */
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
