import { quoted } from '../../text/bounded.ts';
import type { NodeReadings, UnreadableNode } from './readings.ts';
import type { Reading } from '../reading.ts';

/** Nodes without the label that show static pods of a control plane. A kubelet can forge these pods on its own node. */
export const unlabelledNodes = ({ unreadable }: Pick<NodeReadings, 'unreadable'>): readonly UnreadableNode[] =>
  unreadable.filter(({ unlabelled }) => unlabelled !== undefined);

/**
 * Tells control-plane nodes without their label from workers. Only API servers write the addresses of the EndpointSlice
 * `kubernetes`. A node with such an address that no labelled node has is a control-plane node, and is not left alone.
 * `apiServers`: these addresses, each in its one spelling.
 */
export function settleRoles(readings: NodeReadings, apiServers: Reading<readonly string[]>): NodeReadings {
  const nodes = unlabelledNodes(readings);
  if (nodes.length === 0) return readings;
  if (!apiServers.known) return { ...readings, rolesUnknown: unknownRoles(nodes, apiServers.reason) };
  const free = new Set(withoutNode(apiServers.value, readings.controlPlaneAddresses ?? []));
  return { ...readings, unreadable: readings.unreadable.map((node) => settled(node, nodes, free)) };
}

/**
 * Addresses of API servers that no labelled node has. A labelled node can report another address than its API server has,
 * and a worker can report this one. So addresses prove nothing unless there are more API servers than labelled nodes.
 */
function withoutNode(apiServers: readonly string[], labelled: readonly (readonly string[])[]): readonly string[] {
  if (apiServers.length <= labelled.length) return [];
  const taken = new Set(labelled.flat());
  return apiServers.filter((address) => !taken.has(address));
}

function settled(node: UnreadableNode, nodes: readonly UnreadableNode[], free: ReadonlySet<string>): UnreadableNode {
  const address = node.unlabelled?.addresses.find((each) => free.has(each));
  if (address === undefined) return node;
  const others = nodes.filter(({ name, unlabelled }) => name !== node.name && unlabelled?.addresses.includes(address));
  const proof = `Its address ${address} is that of an API server (EndpointSlice default/kubernetes), and no node with the label has this address`;
  const conclusion =
    others.length === 0
      ? `${proof}: it is a control-plane node.`
      : `${proof}. ${namesOf(others)} reports this address too: label only the node whose machine has it.`;
  return { ...node, because: `${node.because} ${conclusion}`, leftAlone: false };
}

const unknownRoles = (nodes: readonly UnreadableNode[], reason: string): string =>
  `The addresses of the API servers could not be read, so nothing shows whether ${namesOf(nodes)} is a control-plane node: ${quoted(reason, MOST_OF_REASON).replace(/\.$/, '')}.`;

const MOST_OF_REASON = 400;

const MOST_NAMES = 5;

function namesOf(nodes: readonly UnreadableNode[]): string {
  const names = nodes.slice(0, MOST_NAMES).map(({ name }) => name);
  return nodes.length > MOST_NAMES ? `${names.join(', ')} or another node` : names.join(' or ');
}
