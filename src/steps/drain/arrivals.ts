import { isOwnStep, opinionOn, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { NodePod } from '../ports/cluster.ts';

/** A controller whose pods come to a node that is cordoned. */
export interface Returning {
  /** Such as `ReplicaSet shop/web-5d8`. */
  readonly madeBy: string;
  /** Number of its pods that came since the cordon. */
  readonly pods: number;
}

/** The scheduler may bind a pod for a moment after the cordon, since it reads the Node from a cache. */
const SCHEDULER_LAG_MS = 5000;
/** Pods of one controller, and pods of all controllers, that may come to the cordoned node. */
const MOST_OF_ONE = 2;
const MOST_OF_ALL = 20;

/**
 * Watches which pods come to the node after its cordon. The memory begins with the first look at the cordoned node. kubectl
 * drain evicts the pods of its first look only, so it leaves such pods where they are.
 */
export class Arrivals {
  readonly #policy: DrainPolicy;
  readonly #there = new Set<string>();
  readonly #arrived = new Map<string, Set<string>>();
  #sinceMs: number | undefined;

  constructor(policy: DrainPolicy) {
    this.#policy = policy;
  }

  /** The pods. One that came since the cordon and tolerates it is bound to the node: evicted, it would only come again. */
  look(pods: readonly NodePod[], nowMs: number): readonly NodePod[] {
    const first = this.#sinceMs === undefined;
    const sinceMs = (this.#sinceMs ??= nowMs);
    const seen = pods.map((pod) => {
      if (first || this.#there.has(pod.uid)) return pod;
      return pod.toleratesCordon && pod.controlled && !pod.terminating ? { ...pod, boundToNode: true } : pod;
    });
    const lagging = nowMs - sinceMs < SCHEDULER_LAG_MS;
    for (const pod of seen) {
      if (pod.boundToNode) continue;
      if (!this.#there.has(pod.uid) && !first && !lagging && this.#mustGo(pod)) this.#count(pod);
      this.#there.add(pod.uid);
    }
    return seen;
  }

  /** Controllers that a drain cannot keep up with, those with most pods first; empty as long as there is none. */
  returning(): readonly Returning[] {
    const all = [...this.#arrived].map(([madeBy, { size }]) => ({ madeBy, pods: size }));
    const total = all.reduce((sum, { pods }) => sum + pods, 0);
    const found = total > MOST_OF_ALL ? all : all.filter(({ pods }) => pods > MOST_OF_ONE);
    return found.sort((a, b) => b.pods - a.pods || (a.madeBy < b.madeBy ? -1 : 1));
  }

  #mustGo(pod: NodePod): boolean {
    return !isOwnStep(pod, this.#policy) && opinionOn(pod, this.#policy).kind === 'evict';
  }

  #count({ madeBy, uid }: NodePod): void {
    this.#arrived.set(madeBy, (this.#arrived.get(madeBy) ?? new Set()).add(uid));
  }
}
