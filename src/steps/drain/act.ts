import { refused } from '../harness/step-error.ts';
import type { ClusterWrites, NodePod } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { podName, type DrainAction } from './decide.ts';

/** Between two rounds of evictions: a budget that says no is asked again after this. */
const ROUND_SECONDS = 5;

export class Drainer {
  /** What a disruption budget said of a pod at the last try. */
  readonly held = new Map<string, string>();
  readonly #writes: ClusterWrites;
  readonly #gracePeriodSeconds: number;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(writes: ClusterWrites, gracePeriodSeconds: number, clock: Clock, log: Log) {
    this.#writes = writes;
    this.#gracePeriodSeconds = gracePeriodSeconds;
    this.#clock = clock;
    this.#log = log;
  }

  async act(action: DrainAction): Promise<void> {
    switch (action.kind) {
      case 'cordon':
        await this.#writes.changeNode(action.node, { ledger: action.ledger, unschedulable: true });
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

  async #giveBack({ node }: DrainAction & { kind: 'give-up' }): Promise<void> {
    const uncordon = node.ledger?.cordonedByUs === true ? { unschedulable: false } : {};
    const written = await this.#writes.changeNode(node, { ledger: null, ...uncordon });
    this.#log(written === 'written' ? `${node.name}: given back as it was found.` : `${node.name}: ${written} meanwhile; look at it.`);
  }
}
