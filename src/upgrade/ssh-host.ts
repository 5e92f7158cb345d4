import type { ClusterNode } from './node.ts';
import { addressKind, canonicalAddress } from './ip-address.ts';
import { known, notKnown, type Reading } from './reading.ts';

/** A machine to log in to, as its Node object names it. */
export interface SshHost {
  readonly node: string;
  /** UID of its Node object: a machine that joined again under an old name is a new machine. */
  readonly uid: string;
  readonly address: string;
  /** `.status.nodeInfo.machineID`. A host without one is refused at the log-in. */
  readonly machineId?: string;
}

/** The reason completes a sentence that begins with the Node: `has no InternalIP; SSH needs one`. */
export function sshHost({ name, uid, internalIp, machineId }: ClusterNode): Reading<SshHost> {
  if (internalIp === undefined) return notKnown('has no InternalIP; SSH needs one');
  const address = canonicalAddress(internalIp);
  if (address === undefined)
    return notKnown(`reports the InternalIP "${printable(internalIp)}", which is no IP address; SSH needs one`);
  return known({ node: name, uid, address, ...(machineId !== undefined && { machineId }) });
}

/** A status is written by a kubelet: no more of it is repeated than letters, digits and punctuation of addresses. */
const printable = (text: string): string => text.replaceAll(/[^0-9A-Za-z.:-]/g, '?').slice(0, 64);

/** Sentences: why nothing may be changed by SSH on one of these Nodes, as far as the addresses say. */
export function addressProblems(nodes: readonly ClusterNode[], names: readonly string[]): string[] {
  const reported = nodes.map((node) => ({ name: node.name, host: sshHost(node) }));
  const own = reported
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, host }) => {
      const problem = host.known ? notOfAMachine(host.value.address) : host.reason;
      return problem === undefined ? [] : [`Node ${name} ${problem}.`];
    });
  const addresses = reported.flatMap(({ name, host }) => (host.known ? [{ name, address: host.value.address }] : []));
  const shared = [...Map.groupBy(addresses, ({ address }) => address)]
    .map(([address, all]) => ({ address, sharing: all.map(({ name }) => name).sort() }))
    .filter(({ sharing }) => sharing.length > 1 && sharing.some((name) => names.includes(name)));
  return [...own, ...shared.map(({ address, sharing }) => sharedSentence(address, sharing))];
}

function notOfAMachine(address: string): string | undefined {
  const kind = addressKind(address);
  if (kind === 'unicast') return undefined;
  return `reports the InternalIP ${address}, which is a ${kind} address, expected one by which only its own machine is reached`;
}

const sharedSentence = (address: string, sharing: readonly string[]): string =>
  `Nodes ${sharing.join(' and ')} report the same InternalIP ${address}, expected one machine for each Node. Find out which of them has it (ssh ${address} hostname), correct the kubelet of the other (--node-ip), or remove its Node: kubectl delete node <name>`;
