import type { KubeVersion } from '../kubernetes/kube-version.ts';
import type { ClusterNode } from './node.ts';

/** A Node that is there and cannot be judged. */
export interface UnreadableNode {
  readonly name: string;
  /** What was seen, what was expected and what to do, as sentences. */
  readonly because: string;
  /** It is a worker without an upgrade record: it stays as it is, and the work on other nodes goes on. Absent: false. */
  readonly leftAlone?: boolean;
}

/** A worker that `nodes.exclude` leaves out: no step touches it, and no upgrade waits for it. */
export interface ExcludedNode {
  readonly name: string;
  /** What the parentheses after the name hold: `KubeEdge`, or `label pool=edge`. */
  readonly because: string;
  /** The version of its kubelet for the version skew policy. Undefined when it is no kubelet, or shows no version. */
  readonly kubelet: KubeVersion | undefined;
  /** Undefined when it cannot be read as a node. */
  readonly node?: ClusterNode | undefined;
}

/** Every Node of the cluster, each in one of the three lists, by name. */
export interface NodeReadings {
  readonly nodes: readonly ClusterNode[];
  readonly unreadable: readonly UnreadableNode[];
  readonly excluded: readonly ExcludedNode[];
}

/** Unreadable nodes with which no step goes on: control-plane nodes, and nodes on which an upgrade may be under way. */
export const inTheWay = ({ unreadable }: Pick<NodeReadings, 'unreadable'>): readonly UnreadableNode[] =>
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

/** A line for each of the first nodes that cannot be read, and how many there are besides. */
export function unreadableLines(nodes: readonly UnreadableNode[], most = MOST_LINES): readonly string[] {
  const more = nodes.length - most;
  return [
    ...nodes.slice(0, most).map(unreadableLine),
    ...(more > 0 ? [`… and ${more} more nodes cannot be read.`] : []),
  ];
}

/** Nodes that no step upgrades. */
export type OtherNodes = Partial<Pick<NodeReadings, 'unreadable' | 'excluded'>>;

/** Why a node that somebody named is no node to work on. Empty when it is one. */
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
