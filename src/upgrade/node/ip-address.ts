/** What an address is for. Only `unicast` can be the address of one other machine. */
export type AddressKind = 'unicast' | 'unspecified' | 'loopback' | 'link-local' | 'multicast' | 'reserved';

/**
 * One spelling for each address: `10.0.0.1` for `::ffff:10.0.0.1`, `fd00::1` for `FD00:0::1`. Undefined for anything else,
 * also for names, zones, and IPv4 addresses with leading zeros, which some readers take as octal.
 */
export function canonicalAddress(text: string): string | undefined {
  if (/^\d/.test(text) && !text.includes(':')) return octetsOf(text)?.join('.');
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const url = `http://[${text}]/`;
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [upper, lower] = [parseInt(high, 16), parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}

/** `address`: as {@link canonicalAddress} writes it. https://www.iana.org/assignments/iana-ipv4-special-registry */
export function addressKind(address: string): AddressKind {
  const octets = octetsOf(address);
  return octets === undefined ? kindOfIpv6(address) : kindOfIpv4(octets);
}

function octetsOf(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  const octets = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return octets.length === 4 && octets.every((octet) => octet <= 255) ? octets : undefined;
}

function kindOfIpv4([first = 0, second = 0]: readonly number[]): AddressKind {
  if (first === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  if (first >= 240) return 'reserved';
  return first >= 224 ? 'multicast' : 'unicast';
}

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
function kindOfIpv6(address: string): AddressKind {
  if (address === '::') return 'unspecified';
  if (address === '::1') return 'loopback';
  // ::/16 holds IPv4 addresses in older spellings, 64:ff9b::/96 those that a translator reaches.
  if (address.startsWith('::') || address.startsWith('64:ff9b:')) return 'reserved';
  if (/^fe[89ab]/.test(address)) return 'link-local';
  return address.startsWith('ff') ? 'multicast' : 'unicast';
}

/** Whether an address is in a network in CIDR form, such as `10.0.0.0/8` or `fd00::/8`. False for a network that is none. */
export function isInNetwork(address: string, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const network = canonicalAddress(base);
  const [bits, wanted] = [bitsOf(canonicalAddress(address) ?? ''), bitsOf(network ?? '')];
  if (bits === '' || bits.length !== wanted.length || !/^\d{1,3}$/.test(length) || Number(length) > bits.length)
    return false;
  return bits.slice(0, Number(length)) === wanted.slice(0, Number(length));
}

/** 32 or 128 binary digits; empty for a text that is no address. `address`: as {@link canonicalAddress} writes it. */
function bitsOf(address: string): string {
  const octets = octetsOf(address);
  if (octets !== undefined) return octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (!address.includes(':')) return '';
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}
