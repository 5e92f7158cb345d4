import type { ClusterNode } from '../../upgrade/node.ts';
import { refused } from '../harness/step-error.ts';
import type { ClusterReads, NodePod } from '../ports/cluster.ts';

export interface DrainFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
}

export async function observe(cluster: ClusterReads, name: string): Promise<DrainFacts> {
  const node = await cluster.node(name);
  if (node === undefined) throw refused(`There is no node ${name} any more.`);
  return { node, pods: await cluster.podsOn(name) };
}
