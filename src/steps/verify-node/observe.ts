import { baselineOf, checkAlerts, type AlertCheck } from '../../signals/alert-check.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import { runStopOf } from '../../run/stop.ts';
import { ownWork } from '../guards/own-work.ts';
import { refused } from '../runtime/step-error.ts';
import type { AlertSource } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodePod, NodeReads, PodReads } from '../ports/cluster.ts';
import type { WatchInput } from './contract.ts';

export interface VerifyFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  /** For how long the node has been uncordoned and well without a break. */
  readonly healthySeconds: number;
  /** Why this run begins no more nodes; undefined when it does. Asked only of a node that looks untouched. */
  readonly stopped?: string | undefined;
  /** What fires since the run began; asked about every minute of the soak, and before it ends. */
  readonly alertCheck: AlertCheck;
  /** Seconds without an answer about firing alerts. */
  readonly unansweredSeconds: number;
}

/** What judging a node needs of the facts. */
export type NodeFacts = Pick<VerifyFacts, 'node' | 'pods'>;

/** A longer gap between two looks does not count: an API server that is away proves nothing about the node. */
const LONGEST_GAP_MS = 15_000;

const ASK_ALERTS_MS = 60_000;
const ASK_AGAIN_MS = 15_000;

/** Observes the node repeatedly, and counts for how long it has been healthy. */
export class NodeWatch {
  readonly #cluster: NodeReads & Pick<PodReads, 'podsOn'>;
  readonly #clock: Clock;
  #healthyMs = 0;
  #lastHealthyMs: number | undefined;

  readonly #input: WatchInput;
  readonly #alertSource: AlertSource;
  #alertCheck: AlertCheck = { kind: 'off' };
  #askedAtMs: number | undefined;
  #unansweredSinceMs: number | undefined;

  constructor(
    cluster: NodeReads & Pick<PodReads, 'podsOn'>,
    clock: Clock,
    input: WatchInput,
    alertSource: AlertSource,
  ) {
    this.#input = input;
    this.#alertSource = alertSource;
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(name: string, healthProblems: (facts: NodeFacts) => readonly string[]): Promise<VerifyFacts> {
    const node = await this.#cluster.node(name);
    if (node === undefined) throw refused(nodeIsGone(name));
    const facts = { node, pods: await this.#cluster.podsOn(name) };
    const soaking = node.upgradeRecord?.phase === 'soaking';
    const healthy = soaking && healthProblems(facts).length === 0;
    const { soakSeconds } = this.#input;
    if (soaking) await this.#askAlerts(name, this.#alertCheck.kind === 'unknown' ? ASK_AGAIN_MS : ASK_ALERTS_MS);
    // What has come up since the last question is seen before the soak ends.
    if (soaking && this.#countHealthy(healthy) >= soakSeconds * 1000) await this.#askAlerts(name, 1);
    const healthySeconds = Math.floor(this.#countHealthy(healthy) / 1000);
    const unansweredSeconds = Math.floor((this.#clock.now() - (this.#unansweredSinceMs ?? this.#clock.now())) / 1000);
    return {
      ...facts,
      healthySeconds,
      unansweredSeconds,
      alertCheck: this.#alertCheck,
      stopped: await this.#whyStopped(node),
    };
  }

  async #askAlerts(node: string, everyMs: number): Promise<void> {
    const now = this.#clock.now();
    if (this.#askedAtMs !== undefined && now - this.#askedAtMs < everyMs) return;
    this.#askedAtMs = now;
    const { alerts, scope } = this.#alertSource;
    if (alerts === undefined) return;
    const { annotationPrefix, runUid } = this.#input;
    const baseline = baselineOf(await this.#cluster.runMarks(), annotationPrefix, runUid) ?? [];
    const firing = await alerts.firing();
    this.#alertCheck = checkAlerts(firing, scope, baseline, await ownWork(this.#cluster, firing, node));
    this.#unansweredSinceMs = this.#alertCheck.kind === 'unknown' ? (this.#unansweredSinceMs ?? now) : undefined;
  }

  async #whyStopped(node: ClusterNode): Promise<string | undefined> {
    const { target, runUid, annotationPrefix } = this.#input;
    if (node.upgradeRecord !== undefined || atVersion(node, target)) return undefined;
    return runStopOf(await this.#cluster.runMarks(), annotationPrefix, runUid)?.because;
  }

  /** Stands still while the firing alerts are not known. */
  #countHealthy(healthy: boolean): number {
    const now = this.#clock.now();
    const watched = healthy && this.#alertCheck.kind !== 'unknown';
    const since = watched ? Math.min(now - (this.#lastHealthyMs ?? now), LONGEST_GAP_MS) : 0;
    this.#healthyMs = healthy ? this.#healthyMs + since : 0;
    this.#lastHealthyMs = watched ? now : undefined;
    return this.#healthyMs;
  }
}
