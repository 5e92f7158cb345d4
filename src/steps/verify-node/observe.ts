import type { ClusterNode } from '../../upgrade/node.ts';
import { refused } from '../harness/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReads, NodePod } from '../ports/cluster.ts';

export interface VerifyFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  /** For how long the node has been uncordoned and well without a break. */
  readonly wellSeconds: number;
}

/** Looks at the node again and again, and remembers since when nothing has been wrong with it. */
export class NodeWatch {
  readonly #cluster: ClusterReads;
  readonly #clock: Clock;
  #wellSinceMs: number | undefined;

  constructor(cluster: ClusterReads, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(name: string, ailments: (facts: Omit<VerifyFacts, 'wellSeconds'>) => readonly string[]): Promise<VerifyFacts> {
    const node = await this.#cluster.node(name);
    if (node === undefined) throw refused(`There is no node ${name} any more.`);
    const facts = { node, pods: await this.#cluster.podsOn(name) };
    const now = this.#clock.now();
    this.#wellSinceMs = ailments(facts).length > 0 || node.ledger?.phase !== 'soaking' ? undefined : (this.#wellSinceMs ?? now);
    return { ...facts, wellSeconds: this.#wellSinceMs === undefined ? 0 : Math.floor((now - this.#wellSinceMs) / 1000) };
  }
}
