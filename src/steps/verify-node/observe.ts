import { baselineOf, checkAlerts, type AlertCheck } from '../../signals/alert-news.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import { runStopOf } from '../../run/stop.ts';
import { ownWork } from '../guards/own-work.ts';
import { refused } from '../runtime/step-error.ts';
import type { AlertSight } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodePod, NodeReads, PodReads } from '../ports/cluster.ts';

export interface VerifyFacts {
  readonly node: ClusterNode;
  readonly pods: readonly NodePod[];
  /** For how long the node has been uncordoned and well without a break. */
  readonly wellSeconds: number;
  /** Why this run begins no more nodes; undefined when it does. Asked only of a node that looks untouched. */
  readonly stopped?: string | undefined;
  /** What fires since the run began; asked about every minute of the soak, and before it ends. */
  readonly news: AlertCheck;
  /** Seconds without an answer about firing alerts. */
  readonly silentSeconds: number;
}

export interface WatchWish {
  readonly target: KubeVersion;
  readonly runUid: string;
  readonly annotationPrefix: string;
  readonly soakSeconds: number;
}

/** What judging a node needs of the facts. */
export type NodeFacts = Pick<VerifyFacts, 'node' | 'pods'>;

/** A longer gap between two looks does not count: an API server that is away proves nothing about the node. */
const LONGEST_GAP_MS = 15_000;

const ASK_ALERTS_MS = 60_000;
const ASK_AGAIN_MS = 15_000;

/** Looks at the node again and again, and counts for how long it has been watched with nothing wrong. */
export class NodeWatch {
  readonly #cluster: NodeReads & Pick<PodReads, 'podsOn'>;
  readonly #clock: Clock;
  #wellMs = 0;
  #lastWellMs: number | undefined;

  readonly #wish: WatchWish;
  readonly #sight: AlertSight;
  #news: AlertCheck = { kind: 'off' };
  #askedAtMs: number | undefined;
  #silentSinceMs: number | undefined;

  constructor(cluster: NodeReads & Pick<PodReads, 'podsOn'>, clock: Clock, wish: WatchWish, sight: AlertSight) {
    this.#wish = wish;
    this.#sight = sight;
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(name: string, ailments: (facts: NodeFacts) => readonly string[]): Promise<VerifyFacts> {
    const node = await this.#cluster.node(name);
    if (node === undefined) throw refused(nodeIsGone(name));
    const facts = { node, pods: await this.#cluster.podsOn(name) };
    const soaking = node.upgradeRecord?.phase === 'soaking';
    const well = soaking && ailments(facts).length === 0;
    const { soakSeconds } = this.#wish;
    if (soaking) await this.#askAlerts(name, this.#news.kind === 'unknown' ? ASK_AGAIN_MS : ASK_ALERTS_MS);
    // What has come up since the last question is seen before the soak ends.
    if (soaking && this.#count(well) >= soakSeconds * 1000) await this.#askAlerts(name, 1);
    const wellSeconds = Math.floor(this.#count(well) / 1000);
    const silentSeconds = Math.floor((this.#clock.now() - (this.#silentSinceMs ?? this.#clock.now())) / 1000);
    return { ...facts, wellSeconds, silentSeconds, news: this.#news, stopped: await this.#whyStopped(node) };
  }

  async #askAlerts(node: string, everyMs: number): Promise<void> {
    const now = this.#clock.now();
    if (this.#askedAtMs !== undefined && now - this.#askedAtMs < everyMs) return;
    this.#askedAtMs = now;
    const { alerts, scope } = this.#sight;
    if (alerts === undefined) return;
    const { annotationPrefix, runUid } = this.#wish;
    const baseline = baselineOf(await this.#cluster.runMarks(), annotationPrefix, runUid) ?? [];
    const firing = await alerts.firing();
    this.#news = checkAlerts(firing, scope, baseline, await ownWork(this.#cluster, firing, node));
    this.#silentSinceMs = this.#news.kind === 'unknown' ? (this.#silentSinceMs ?? now) : undefined;
  }

  async #whyStopped(node: ClusterNode): Promise<string | undefined> {
    const { target, runUid, annotationPrefix } = this.#wish;
    if (node.upgradeRecord !== undefined || atVersion(node, target)) return undefined;
    return runStopOf(await this.#cluster.runMarks(), annotationPrefix, runUid)?.because;
  }

  /** Stands still while the firing alerts are not known. */
  #count(well: boolean): number {
    const now = this.#clock.now();
    const watched = well && this.#news.kind !== 'unknown';
    const since = watched ? Math.min(now - (this.#lastWellMs ?? now), LONGEST_GAP_MS) : 0;
    this.#wellMs = well ? this.#wellMs + since : 0;
    this.#lastWellMs = watched ? now : undefined;
    return this.#wellMs;
  }
}
