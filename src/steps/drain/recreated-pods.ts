import { isOwnStep, filterStatus, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { NodePod } from '../ports/cluster.ts';

/** A controller whose pods come to a node that is cordoned. */
export interface RecreatingController {
  /** Such as `ReplicaSet shop/web-5d8`. */
  readonly madeBy: string;
  /** Number of its pods that came since the cordon. */
  readonly pods: number;
}

/** The scheduler may bind a pod for a moment after the cordon, since it reads the Node from a cache. */
const SCHEDULER_LAG_MS = 5000;
/** Pods of one controller, and pods of all controllers, that may come to the cordoned node. */
const MAX_PER_CONTROLLER = 2;
const MAX_TOTAL = 20;

/**
 * Watches which pods come to the node after its cordon. The memory begins with the first look at the cordoned node. kubectl
 * drain evicts the pods of its first look only, so it leaves such pods where they are.
 */
export class RecreatedPods {
  readonly #policy: DrainPolicy;
  readonly #present = new Set<string>();
  readonly #arrived = new Map<string, Set<string>>();
  #sinceMs: number | undefined;

  constructor(policy: DrainPolicy) {
    this.#policy = policy;
  }

  /**
   * Returns the pods. A pod that came since the cordon and tolerates it counts as bound to the node: evicted, it would be
   * recreated there.
   */
  update(pods: readonly NodePod[], nowMs: number): readonly NodePod[] {
    const first = this.#sinceMs === undefined;
    const sinceMs = (this.#sinceMs ??= nowMs);
    const seen = pods.map((pod) => {
      if (first || this.#present.has(pod.uid)) return pod;
      return pod.toleratesCordon && pod.controlled && !pod.terminating ? { ...pod, boundToNode: true } : pod;
    });
    const lagging = nowMs - sinceMs < SCHEDULER_LAG_MS;
    for (const pod of seen) {
      if (pod.boundToNode) continue;
      if (!this.#present.has(pod.uid) && !first && !lagging && this.#isEvicted(pod)) this.#count(pod);
      this.#present.add(pod.uid);
    }
    return seen;
  }

  /** Controllers that a drain cannot keep up with, those with most pods first; empty as long as there is none. */
  recreating(): readonly RecreatingController[] {
    const all = [...this.#arrived].map(([madeBy, { size }]) => ({ madeBy, pods: size }));
    const total = all.reduce((sum, { pods }) => sum + pods, 0);
    const found = total > MAX_TOTAL ? all : all.filter(({ pods }) => pods > MAX_PER_CONTROLLER);
    return found.sort((a, b) => b.pods - a.pods || (a.madeBy < b.madeBy ? -1 : 1));
  }

  #isEvicted(pod: NodePod): boolean {
    return !isOwnStep(pod, this.#policy) && filterStatus(pod, this.#policy).kind === 'evict';
  }

  #count({ madeBy, uid }: NodePod): void {
    this.#arrived.set(madeBy, (this.#arrived.get(madeBy) ?? new Set()).add(uid));
  }
}
