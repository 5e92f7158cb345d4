import type { ClusterNode } from './node.ts';

/** A Node that is there and cannot be judged. */
export interface UnreadableNode {
  readonly name: string;
  /** What was seen, what was expected and what to do, as sentences. */
  readonly because: string;
}

/** Every Node of the cluster, each in one of the two lists, by name. */
export interface NodeReadings {
  readonly nodes: readonly ClusterNode[];
  readonly unreadable: readonly UnreadableNode[];
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
