import type { DisruptionBudget } from '../../upgrade/disruption-budget.ts';
import { opinionOn, type DrainPolicy } from '../../upgrade/drain-policy.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { refused } from '../harness/step-error.ts';
import type { AttachedVolume, ClusterReads, NodePod } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';

export interface DrainFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  readonly budgets: readonly DisruptionBudget[];
  /** Looked at before the node is touched, so that a missing permission is found then, and once its pods are gone. */
  readonly attached: readonly AttachedVolume[];
  readonly nowMs: number;
}

export async function observe(
  cluster: ClusterReads,
  name: string,
  wish: DrainPolicy & { readonly run: string },
  clock: Clock,
): Promise<DrainFacts> {
  const node = await cluster.node(name);
  if (node === undefined) throw refused(`There is no node ${name} any more.`);
  const pods = await cluster.podsOn(name);
  const atTheDoor = node.ledger?.run !== wish.run;
  const someGo = pods.some((pod) => opinionOn(pod, wish).kind === 'evict');
  const budgets = atTheDoor || someGo ? await cluster.budgets() : [];
  const attached = atTheDoor || !someGo ? await cluster.attachedVolumes(name) : [];
  return { node, pods, budgets, attached, nowMs: clock.now() };
}
