import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { opinionOn, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { refused } from '../runtime/step-error.ts';
import type { AttachedVolume, NodePod, NodeReads, PodReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Arrivals, Returning } from './arrivals.ts';

export interface DrainFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  readonly budgets: readonly DisruptionBudget[];
  /** Looked at before the node is touched, so that a missing permission is found then, and once its pods are gone. */
  readonly attached: readonly AttachedVolume[];
  /** By UID: why an admission policy denies the eviction. Asked before the node is touched. */
  readonly denied: ReadonlyMap<string, string>;
  /** Controllers that put pods on the node again and again, though it is cordoned. */
  readonly returning: readonly Returning[];
  readonly nowMs: number;
}

export async function observe(
  cluster: NodeReads & PodReads,
  name: string,
  wish: DrainPolicy & { readonly run: string; readonly gracePeriodSeconds: number },
  clock: Clock,
  arrivals: Arrivals,
): Promise<DrainFacts> {
  const node = await cluster.node(name);
  if (node === undefined) throw refused(nodeIsGone(name));
  const atTheDoor = node.upgradeRecord?.run !== wish.run;
  const seen = await cluster.podsOn(name);
  const pods = atTheDoor || !node.unschedulable ? seen : arrivals.look(seen, clock.now());
  const going = pods.filter((pod) => opinionOn(pod, wish).kind === 'evict');
  const someGo = going.length > 0;
  const budgets = atTheDoor || someGo ? await cluster.budgets() : [];
  const attached = atTheDoor || !someGo ? await cluster.attachedVolumes(name) : [];
  const denied = atTheDoor ? await deniedOf(cluster, going, wish.gracePeriodSeconds) : new Map<string, string>();
  return { node, pods, budgets, attached, denied, returning: arrivals.returning(), nowMs: clock.now() };
}

/** A missing permission to evict is found here as well, before the node is touched. */
async function deniedOf(
  cluster: PodReads,
  pods: readonly NodePod[],
  gracePeriodSeconds: number,
): Promise<ReadonlyMap<string, string>> {
  const denied = new Map<string, string>();
  for (const pod of pods.filter(({ terminating }) => !terminating)) {
    const answer = await cluster.wouldEvict(pod, gracePeriodSeconds);
    if (answer.kind === 'denied') denied.set(pod.uid, answer.because);
  }
  return denied;
}
