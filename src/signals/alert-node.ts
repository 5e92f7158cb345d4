import type { ClusterNode } from '../upgrade/node/node.ts';

/** In this order: `instance` can be that of the exporter that says something about another node. */
const NODE_LABELS = ['node', 'nodename', 'kubernetes_node', 'instance'];

/** Whether an alert names the node, by name or by address, with or without a port. The first label that it has counts. */
export function aboutNode(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  { name, internalIp }: ClusterNode,
): boolean {
  const [named] = NODE_LABELS.flatMap((label) => labels[label] ?? []);
  const value = named?.replace(/:\d+$/, '');
  return value === name || (internalIp !== undefined && value?.replace(/^\[|\]$/g, '') === internalIp);
}
