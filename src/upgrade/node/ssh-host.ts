import type { ClusterNode } from './node.ts';
import { addressKind, canonicalAddress } from './ip-address.ts';
import { known, type Reading } from '../reading.ts';
import { chooseAddress, FIRST_INTERNAL_IP, type AddressType } from './ssh-address.ts';

/** A machine to log in to, as its Node object identifies it. */
export interface SshHost {
  readonly node: string;
  /** UID of the Node object. A machine that joined again under an old name is a new machine. */
  readonly uid: string;
  readonly address: string;
  /** `.status.nodeInfo.machineID`. The login refuses a host without it. */
  readonly machineId?: string;
}

/**
 * Returns the SSH host of a node. The reason completes a sentence that begins with the Node: `has no InternalIP; SSH
 * needs one`.
 */
export function sshHost({ name, uid, internalIp, sshAddress, machineId }: ClusterNode): Reading<SshHost> {
  const internal = internalIp === undefined ? [] : [{ type: 'InternalIP', address: internalIp }];
  const address = sshAddress?.address ?? chooseAddress(internal, FIRST_INTERNAL_IP);
  if (!address.known) return address;
  return known({ node: name, uid, address: address.value, ...(machineId !== undefined && { machineId }) });
}

const typeOf = ({ sshAddress }: ClusterNode): AddressType => sshAddress?.type ?? 'InternalIP';

/** Returns sentences that say why the addresses of these Nodes forbid any change over SSH. Empty when they do not. */
export function addressProblems(nodes: readonly ClusterNode[], names: readonly string[]): string[] {
  const reported = nodes.map((node) => ({ name: node.name, type: typeOf(node), host: sshHost(node) }));
  const own = reported
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, type, host }) => {
      const problem = host.known ? notOfAMachine(host.value.address, type) : host.reason;
      return problem === undefined ? [] : [`Node ${name} ${problem}.`];
    });
  const addresses = reported.flatMap(({ name, type, host }) =>
    host.known ? [{ name, type, address: host.value.address }] : [],
  );
  const shared = [...Map.groupBy(addresses, ({ address }) => address)]
    .map(([address, all]) => ({
      address,
      type: all[0]?.type ?? 'InternalIP',
      sharing: all.map(({ name }) => name).sort(),
    }))
    .filter(({ sharing }) => sharing.length > 1 && sharing.some((name) => names.includes(name)));
  return [...own, ...shared.map(({ address, type, sharing }) => sharedSentence(address, type, sharing))];
}

function notOfAMachine(address: string, type: AddressType): string | undefined {
  const isIp = canonicalAddress(address) !== undefined;
  const kind = isIp ? addressKind(address) : /(^|\.)localhost$/.test(address) ? 'loopback' : 'unicast';
  if (kind === 'unicast') return undefined;
  return `reports the ${type} ${address}, which is a ${kind} address, expected one by which only its own machine is reached`;
}

const sharedSentence = (address: string, type: AddressType, sharing: readonly string[]): string =>
  `Nodes ${sharing.join(' and ')} report the same ${type} ${address}, expected one machine for each Node. Find out which of them has it (ssh ${address} hostname), correct the kubelet of the other (${type.endsWith('IP') ? '--node-ip' : '--hostname-override'}), or remove its Node: kubectl delete node <name>`;
