import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** The kind of an address. Only `unicast` can be the address of one other machine. */
export type AddressKind = 'unicast' | 'unspecified' | 'loopback' | 'link-local' | 'multicast' | 'reserved';

/**
 * Returns the canonical form of an address: `10.0.0.1` for `::ffff:10.0.0.1`, `fd00::1` for `FD00:0::1`.
 * Undefined for all other text, including names, zones, and IPv4 addresses with leading zeros. Some readers parse
 * leading zeros as octal.
 */
export const canonicalAddress = (text: string): string | undefined => tryParseAddress(text)?.toString();

/** `text`: an IPv4 address with four decimal parts, or an IPv6 address, whose end may be such an IPv4 address. */
function tryParseAddress(text: string): IPv4 | IPv6 | undefined {
  const { IPv4, IPv6 } = ipaddr;
  const end = text.split(':').at(-1) ?? '';
  const isIpv6 = text.includes(':');
  // ipaddr.js alone also accepts 0x7f.1, 1 and 010.0.0.1 as IPv4 addresses, and parses fe80::1%eth0.
  if ((!isIpv6 || end.includes('.')) && !IPv4.isValidFourPartDecimal(end)) return undefined;
  if (isIpv6 && (text.includes('%') || !IPv6.isValid(text))) return undefined;
  // ipaddr.js parses ::10.0.0.1, which is IPv4-compatible, as the IPv4-mapped ::ffff:10.0.0.1.
  return ipaddr.process(/^::\d{1,3}\./.test(text) ? text.replace('::', '::0:') : text);
}

const ranges = (cidrs: readonly string[]): [IPv4 | IPv6, number][] => cidrs.map((cidr) => ipaddr.parseCIDR(cidr));

/**
 * The first kind with a matching range counts. https://www.iana.org/assignments/iana-ipv4-special-registry,
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const KINDS: Readonly<Record<Exclude<AddressKind, 'unicast'>, [IPv4 | IPv6, number][]>> = {
  unspecified: ranges(['0.0.0.0/8', '::/128']),
  loopback: ranges(['127.0.0.0/8', '::1/128']),
  'link-local': ranges(['169.254.0.0/16', 'fe80::/10']),
  multicast: ranges(['224.0.0.0/4', 'ff00::/8']),
  // ::/16 holds IPv4 addresses in older notations. 64:ff9b::/32 holds those that a translator reaches.
  reserved: ranges(['240.0.0.0/4', '::/16', '64:ff9b::/32']),
};

/** `address`: in the form that {@link canonicalAddress} writes. */
export const addressKind = (address: string): AddressKind =>
  ipaddr.subnetMatch(ipaddr.parse(address), KINDS, 'unicast') as AddressKind;

/**
 * Returns whether an address is in a network in CIDR notation, such as `10.0.0.0/8` or `fd00::/8`. False when the
 * network is invalid.
 */
export function isInNetwork(address: string, cidr: string): boolean {
  const [parsed, network] = [tryParseAddress(address), tryParseNetwork(cidr)];
  return parsed !== undefined && parsed.kind() === network?.[0].kind() && parsed.match(network);
}

function tryParseNetwork(cidr: string): [IPv4 | IPv6, number] | undefined {
  const [base = '', length = '', ...more] = cidr.split('/');
  const address = tryParseAddress(base);
  const isNetwork = address !== undefined && more.length === 0 && /^\d{1,3}$/.test(length);
  return isNetwork && Number(length) <= 8 * address.toByteArray().length ? [address, Number(length)] : undefined;
}

/**
 * Returns whether a text is a network in CIDR notation. It refuses host bits: 10.0.0.7/8 is a mistake for /32 or for
 * 10.0.0.0. It also refuses an IPv4 network in an IPv6 spelling. Kubernetes goes the same way: https://kep.k8s.io/4858
 */
export function isNetwork(cidr: string): boolean {
  const [address, length] = tryParseNetwork(cidr) ?? [];
  if (address === undefined || /\/0\d/.test(cidr)) return false;
  const { IPv4, IPv6 } = ipaddr;
  const family = cidr.includes(':') ? IPv6 : IPv4;
  if (!(address instanceof family)) return false;
  return family.networkAddressFromCIDR(`${address.toString()}/${length}`).toString() === address.toString();
}
