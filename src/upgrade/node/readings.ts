import type { KubeVersion } from '../kubernetes/kube-version.ts';
import type { ClusterNode } from './node.ts';

/** A Node that exists and cannot be evaluated. */
export interface UnreadableNode {
  readonly name: string;
  /** Sentences: what was seen, what was expected and what to do. */
  readonly because: string;
  /**
   * The node has neither the label of a control-plane node nor an upgrade record. It stays as it is, and work on other
   * nodes continues. Absent: false.
   */
  readonly leftAlone?: boolean;
  /** It shows static pods of a control plane without the label. Its IP addresses, each in its one spelling. */
  readonly unlabelled?: { readonly addresses: readonly string[] };
}

/** A worker that `nodes.exclude` excludes. No step changes it, and no upgrade waits for it. */
export interface ExcludedNode {
  readonly name: string;
  /** The text in parentheses after the name: `KubeEdge`, or `label pool=edge`. */
  readonly because: string;
  /**
   * Version of the node's kubelet for the version skew policy. Undefined when the agent is not a kubelet or reports no
   * version.
   */
  readonly kubelet: KubeVersion | undefined;
  /** Undefined when the Node cannot be read. */
  readonly node?: ClusterNode | undefined;
}

/** All Nodes of the cluster by name, each in one of the three lists. */
export interface NodeReadings {
  readonly nodes: readonly ClusterNode[];
  readonly unreadable: readonly UnreadableNode[];
  readonly excluded: readonly ExcludedNode[];
  /** The IP addresses of each node with the label of a control-plane node, readable or not. Absent: none. */
  readonly controlPlaneAddresses?: readonly (readonly string[])[];
  /** A sentence: why nothing shows the role of the nodes that are `unlabelled`. Absent: it is known, or there is no such node. */
  readonly rolesUnknown?: string;
}

/**
 * Returns the unreadable nodes that block every step: control-plane nodes, and nodes whose upgrade may be in progress.
 */
export const blockingNodes = ({ unreadable }: Pick<NodeReadings, 'unreadable'>): readonly UnreadableNode[] =>
  unreadable.filter(({ leftAlone = false }) => !leftAlone);

const MOST_NAMES = 10;

/** `Left out: edge1 (KubeEdge), win1 (Windows).` Empty when no node is left out. */
export function leftOutLine(excluded: readonly Pick<ExcludedNode, 'name' | 'because'>[]): readonly string[] {
  if (excluded.length === 0) return [];
  const names = excluded.slice(0, MOST_NAMES).map(({ name, because }) => `${name} (${because})`);
  const more = excluded.length > MOST_NAMES ? ` and ${excluded.length - MOST_NAMES} more` : '';
  return [`Left out: ${names.join(', ')}${more}.`];
}

export const unreadableLine = ({ name, because }: UnreadableNode): string => `Node ${name} cannot be read: ${because}`;

const MOST_LINES = 5;

/** Returns one line for each of the first unreadable nodes, then the number of the others. */
export function unreadableLines(nodes: readonly UnreadableNode[], most = MOST_LINES): readonly string[] {
  const more = nodes.length - most;
  return [
    ...nodes.slice(0, most).map(unreadableLine),
    ...(more > 0 ? [`… and ${more} more nodes cannot be read.`] : []),
  ];
}

/** Nodes that no step upgrades. */
export type OtherNodes = Partial<Pick<NodeReadings, 'unreadable' | 'excluded' | 'rolesUnknown'>>;

/** Returns why a named node is not a node to work on. Empty when it is one. */
export function unknownName(name: string, nodes: readonly ClusterNode[], others: OtherNodes): readonly string[] {
  const { unreadable = [], excluded = [] } = others;
  const known = nodes.map((node) => node.name);
  if (known.includes(name)) return [];
  const left = excluded.find((node) => node.name === name);
  if (left !== undefined)
    return [`Node ${name} is left out (${left.because}). Do not name it, or change nodes.exclude in the settings.`];
  const wrong = unreadable.filter((node) => node.name === name);
  return wrong.length > 0 ? unreadableLines(wrong) : [`There is no node ${name}; the cluster has ${known.join(', ')}.`];
}
