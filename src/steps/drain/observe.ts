import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../upgrade/drain/policy.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { refused } from '../runtime/step-error.ts';
import type { AttachedVolume, NodePod, NodeReads, PodReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { DrainInput } from './contract.ts';
import type { RecreatedPods, RecreatingController } from './recreated-pods.ts';

export interface DrainFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  readonly budgets: readonly DisruptionBudget[];
  /** Looked at before the node is touched, so that a missing permission is found then, and once its pods are gone. */
  readonly attached: readonly AttachedVolume[];
  /** By UID: why an admission policy denies the eviction. Asked before the node is touched. */
  readonly denied: ReadonlyMap<string, string>;
  /** Controllers that put pods on the node again and again, though it is cordoned. */
  readonly recreating: readonly RecreatingController[];
  readonly nowMs: number;
}

export async function observe(
  cluster: NodeReads & PodReads,
  input: DrainInput,
  clock: Clock,
  recreatedPods: RecreatedPods,
): Promise<DrainFacts> {
  const { node: name } = input;
  const node = await cluster.node(name);
  if (node === undefined) throw refused(nodeIsGone(name));
  const isBeforeCordon = node.upgradeRecord?.run !== input.runUid;
  const seen = await cluster.podsOn(name);
  const pods = isBeforeCordon || !node.unschedulable ? seen : recreatedPods.update(seen, clock.now());
  const departing = pods.filter((pod) => filterStatus(pod, input).kind === 'evict');
  const anyToEvict = departing.length > 0;
  const budgets = isBeforeCordon || anyToEvict ? await cluster.budgets() : [];
  const attached = isBeforeCordon || !anyToEvict ? await cluster.attachedVolumes(name) : [];
  const denied = isBeforeCordon
    ? await deniedOf(cluster, departing, input.gracePeriodSeconds)
    : new Map<string, string>();
  return { node, pods, budgets, attached, denied, recreating: recreatedPods.recreating(), nowMs: clock.now() };
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
