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

/** Longer between two looks, and nobody watched: an API server that is away proves nothing about the node. */
const LONGEST_GAP_MS = 15_000;

/** Looks at the node again and again, and counts for how long it has been watched with nothing wrong. */
export class NodeWatch {
  readonly #cluster: ClusterReads;
  readonly #clock: Clock;
  #wellMs = 0;
  #lastWellMs: number | undefined;

  constructor(cluster: ClusterReads, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(
    name: string,
    ailments: (facts: Omit<VerifyFacts, 'wellSeconds'>) => readonly string[],
  ): Promise<VerifyFacts> {
    const node = await this.#cluster.node(name);
    if (node === undefined) throw refused(`There is no node ${name} any more.`);
    const facts = { node, pods: await this.#cluster.podsOn(name) };
    const well = node.ledger?.phase === 'soaking' && ailments(facts).length === 0;
    return { ...facts, wellSeconds: Math.floor(this.#count(well) / 1000) };
  }

  #count(well: boolean): number {
    const now = this.#clock.now();
    this.#wellMs = well ? this.#wellMs + Math.min(now - (this.#lastWellMs ?? now), LONGEST_GAP_MS) : 0;
    this.#lastWellMs = well ? now : undefined;
    return this.#wellMs;
  }
}
