import type { ClusterNode } from '../../upgrade/node.ts';
import { refused } from '../harness/step-error.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { RemoteHost } from '../ports/remote.ts';

export async function observeNode(cluster: ClusterReads, name: string): Promise<ClusterNode> {
  const node = await cluster.node(name);
  if (node === undefined) throw refused(`There is no node ${name} any more.`);
  return node;
}

export function hostOf(node: ClusterNode): RemoteHost {
  if (node.internalIp === undefined) throw refused(`Node ${node.name} has no InternalIP; SSH needs one.`);
  return { node: node.name, uid: node.uid, address: node.internalIp };
}

export interface ApiFacts {
  readonly ready: boolean;
  /** What was wrong with the last answer; empty when it was good. */
  readonly because: string;
  /** For how long every answer was good. */
  readonly steadySeconds: number;
}

/** Asks the API server again and again, and remembers since when it has answered without a break. */
export class ApiWatch {
  readonly #cluster: ClusterReads;
  readonly #clock: Clock;
  #steadySinceMs: number | undefined;

  constructor(cluster: ClusterReads, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(): Promise<ApiFacts> {
    const answer = await this.#cluster.apiReady();
    const now = this.#clock.now();
    if (!answer.ready) {
      this.#steadySinceMs = undefined;
      return { ready: false, because: answer.because, steadySeconds: 0 };
    }
    this.#steadySinceMs ??= now;
    return { ready: true, because: '', steadySeconds: Math.floor((now - this.#steadySinceMs) / 1000) };
  }
}
