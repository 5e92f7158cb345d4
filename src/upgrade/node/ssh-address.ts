import { canonicalAddress, isInNetwork } from './ip-address.ts';
import { known, notKnown, type Reading } from '../reading.ts';

/** https://kubernetes.io/docs/reference/node/node-status/#addresses */
export const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS'] as const;
export type AddressType = (typeof ADDRESS_TYPES)[number];

/** The setting `ssh.address`. */
export interface SshAddressRule {
  readonly type: AddressType;
  /** Networks in CIDR notation, for addresses that are IP addresses. Empty selects the first address of the type. */
  readonly cidrs: readonly string[];
}

export const FIRST_INTERNAL_IP: SshAddressRule = { type: 'InternalIP', cidrs: [] };

/** One entry of `.status.addresses`. */
export interface ReportedAddress {
  readonly type: string;
  readonly address: string;
}

/**
 * Returns the address for SSH in its canonical form. The reason completes a sentence that begins with the Node:
 * `has no InternalIP; SSH needs one`.
 */
export function chooseAddress(reported: readonly ReportedAddress[], { type, cidrs }: SshAddressRule): Reading<string> {
  const ofType = reported.filter((each) => each.type === type).map(({ address }) => address);
  const [first] = ofType;
  if (first === undefined) return notKnown(`has no ${type}; SSH needs one${otherTypes(reported)}`);
  if (cidrs.length === 0) return spelled(first, type);
  const chosen = ofType.map((address) => spelled(address, type)).find((address) => isIn(address, cidrs));
  const seen = ofType.slice(0, MOST_SHOWN).map(printable).join(', ');
  return chosen ?? notKnown(`has no ${type} in ${cidrs.join(', ')} (ssh.address.cidrs); it reports ${seen}`);
}

const MOST_SHOWN = 5;

const isIn = (address: Reading<string>, cidrs: readonly string[]): boolean =>
  address.known && cidrs.some((cidr) => isInNetwork(address.value, cidr));

function otherTypes(reported: readonly ReportedAddress[]): string {
  const types = ADDRESS_TYPES.filter((type) => reported.some((each) => each.type === type));
  return types.length === 0 ? '' : `. It reports ${types.join(', ')}, which ssh.address.type can name`;
}

function spelled(address: string, type: AddressType): Reading<string> {
  const ip = canonicalAddress(address);
  if (ip !== undefined) return known(ip);
  if (type.endsWith('IP'))
    return notKnown(`reports the ${type} "${printable(address)}", which is no IP address; SSH needs one`);
  const name = address.toLowerCase();
  return isHostName(name)
    ? known(name)
    : notKnown(`reports the ${type} "${printable(address)}", which is no host name; SSH needs one`);
}

/**
 * Some readers parse a name whose last label has only digits as an IPv4 address:
 * https://url.spec.whatwg.org/#ends-in-a-number-checker
 */
function isHostName(name: string): boolean {
  const labels = name.split('.');
  const areLabels = labels.every((label) => LABEL.test(label) && !label.startsWith('-') && !label.endsWith('-'));
  return name.length <= 253 && areLabels && /[a-z-]/.test(labels.at(-1) ?? '');
}

const LABEL = /^[a-z0-9-]{1,63}$/;

/** A kubelet writes the Node status. A message repeats only letters, digits and punctuation of addresses from it. */
const printable = (text: string): string => text.replaceAll(/[^0-9A-Za-z.:-]/g, '?').slice(0, 64);
