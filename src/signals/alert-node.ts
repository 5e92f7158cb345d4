import type { ClusterNode } from '../upgrade/node/node.ts';

/** Labels in order of precedence. `instance` may belong to an exporter that reports about another node. */
const NODE_LABELS = ['node', 'nodename', 'kubernetes_node', 'instance'];

/**
 * Returns whether an alert names the node, by name or by address, with or without a port. Only the first present label
 * counts.
 */
export function aboutNode(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  { name, internalIp }: ClusterNode,
): boolean {
  const [named] = NODE_LABELS.flatMap((label) => labels[label] ?? []);
  const value = named?.replace(/:\d+$/, '');
  return value === name || (internalIp !== undefined && value?.replace(/^\[|\]$/g, '') === internalIp);
}
