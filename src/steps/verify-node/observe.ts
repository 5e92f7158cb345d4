import type { KubeVersion } from '../../upgrade/kube-version.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { atVersion } from '../../upgrade/node-order.ts';
import { runStopOf } from '../../upgrade/run-stop.ts';
import { refused } from '../harness/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReads, NodePod } from '../ports/cluster.ts';

export interface VerifyFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  /** For how long the node has been uncordoned and well without a break. */
  readonly wellSeconds: number;
  /** Why this run begins no more nodes; undefined when it does. Asked only of a node that looks untouched. */
  readonly stopped?: string | undefined;
}

export interface WatchWish {
  readonly target: KubeVersion;
  readonly runUid: string;
  readonly annotationPrefix: string;
}

/** What judging a node needs of the facts. */
export type NodeFacts = Pick<VerifyFacts, 'node' | 'pods'>;

/** Longer between two looks, and nobody watched: an API server that is away proves nothing about the node. */
const LONGEST_GAP_MS = 15_000;

/** Looks at the node again and again, and counts for how long it has been watched with nothing wrong. */
export class NodeWatch {
  readonly #cluster: ClusterReads;
  readonly #clock: Clock;
  #wellMs = 0;
  #lastWellMs: number | undefined;

  readonly #wish: WatchWish;

  constructor(cluster: ClusterReads, clock: Clock, wish: WatchWish) {
    this.#wish = wish;
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(name: string, ailments: (facts: NodeFacts) => readonly string[]): Promise<VerifyFacts> {
    const node = await this.#cluster.node(name);
    if (node === undefined) throw refused(`There is no node ${name} any more.`);
    const facts = { node, pods: await this.#cluster.podsOn(name) };
    const well = node.ledger?.phase === 'soaking' && ailments(facts).length === 0;
    return { ...facts, wellSeconds: Math.floor(this.#count(well) / 1000), stopped: await this.#whyStopped(node) };
  }

  async #whyStopped(node: ClusterNode): Promise<string | undefined> {
    const { target, runUid, annotationPrefix } = this.#wish;
    if (node.ledger !== undefined || atVersion(node, target)) return undefined;
    return runStopOf(await this.#cluster.namespaceAnnotations(), annotationPrefix, runUid)?.because;
  }

  #count(well: boolean): number {
    const now = this.#clock.now();
    this.#wellMs = well ? this.#wellMs + Math.min(now - (this.#lastWellMs ?? now), LONGEST_GAP_MS) : 0;
    this.#lastWellMs = well ? now : undefined;
    return this.#wellMs;
  }
}
