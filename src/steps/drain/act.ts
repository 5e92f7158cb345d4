import { asFound, changeNodeNow } from '../harness/change-node.ts';
import { refused } from '../harness/step-error.ts';
import type { ClusterReads, ClusterWrites, NodePod } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { podName, type DrainAction } from './decide.ts';

/** Between two rounds of evictions: a budget that says no is asked again after this. */
const ROUND_SECONDS = 5;

export class Drainer {
  /** What a disruption budget said of a pod at the last try. */
  readonly held = new Map<string, string>();
  readonly #reads: ClusterReads;
  readonly #writes: ClusterWrites;
  readonly #gracePeriodSeconds: number;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(reads: ClusterReads, writes: ClusterWrites, gracePeriodSeconds: number, clock: Clock, log: Log) {
    this.#reads = reads;
    this.#writes = writes;
    this.#gracePeriodSeconds = gracePeriodSeconds;
    this.#clock = clock;
    this.#log = log;
  }

  async act(action: DrainAction): Promise<void> {
    switch (action.kind) {
      case 'cordon':
        await this.#writes.changeNode(action.node, {
          ledger: { ...action.ledger, startedAtMs: this.#clock.now() },
          unschedulable: true,
        });
        return;
      case 'evict':
        for (const pod of action.pods) await this.#evict(pod);
        await this.#clock.sleep(this.held.size > 0 ? ROUND_SECONDS : 1);
        return;
      case 'give-up':
        await this.#giveBack(action);
        throw refused(action.because);
    }
  }

  async #evict(pod: NodePod): Promise<void> {
    const name = podName(pod);
    const answer = await this.#writes.evict(pod, this.#gracePeriodSeconds);
    if (answer.kind === 'held') {
      if (this.held.get(name) !== answer.because) this.#log(`${name}: ${answer.because}`);
      this.held.set(name, answer.because);
    } else {
      this.held.delete(name);
      this.#log(`${name}: ${answer.kind}`);
    }
  }

  /** As it is at this moment: a kubelet that writes its Node meanwhile must not leave it cordoned. */
  async #giveBack({ node, run }: DrainAction & { kind: 'give-up' }): Promise<void> {
    await changeNodeNow(this.#reads, this.#writes, node, (now) => asFound(now, run));
    this.#log(`${node}: given back as it was found.`);
  }
}
