import { asFound, changeNodeNow } from '../guards/change-node.ts';
import { refused } from '../runtime/step-error.ts';
import type { ClusterReads, ClusterWrites, NodePod } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DrainAction } from './decide.ts';
import { podName } from './leftovers.ts';
import type { DrainMemory } from './memory.ts';

/** Between two rounds of evictions: a budget that says no is asked again after this. */
const ROUND_SECONDS = 5;

export class Drainer {
  readonly #reads: ClusterReads;
  readonly #writes: ClusterWrites;
  readonly #gracePeriodSeconds: number;
  readonly #memory: DrainMemory;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(
    reads: ClusterReads,
    writes: ClusterWrites,
    gracePeriodSeconds: number,
    memory: DrainMemory,
    clock: Clock,
    log: Log,
  ) {
    this.#reads = reads;
    this.#writes = writes;
    this.#gracePeriodSeconds = gracePeriodSeconds;
    this.#memory = memory;
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
        await this.#evict(action.pods);
        return;
      case 'delete':
        await this.#delete(action);
        return;
      case 'give-up':
        await this.#giveBack(action);
        throw refused(action.because);
    }
  }

  async #evict(pods: readonly NodePod[]): Promise<void> {
    let held = false;
    for (const pod of pods) {
      const answer = await this.#writes.evict(pod, this.#gracePeriodSeconds);
      const said = 'because' in answer ? answer.because : answer.kind;
      if (this.#memory.answered(pod.uid, answer)) this.#log(`${podName(pod)}: ${said}`);
      held ||= 'because' in answer;
    }
    await this.#clock.sleep(held ? ROUND_SECONDS : 1);
  }

  async #delete({ pod, budgets }: DrainAction & { kind: 'delete' }): Promise<void> {
    this.#memory.deletedPast(budgets);
    const answer = await this.#writes.deletePod(pod, this.#gracePeriodSeconds);
    const said = answer.kind === 'evicted' ? 'deleted; its controller makes it anew elsewhere' : answer.kind;
    this.#memory.answered(pod.uid, answer);
    this.#log(`${podName(pod)}: ${'because' in answer ? answer.because : said}`);
    await this.#clock.sleep(1);
  }

  /** As it is at this moment: a kubelet that writes its Node meanwhile must not leave it cordoned. */
  async #giveBack({ node, run }: DrainAction & { kind: 'give-up' }): Promise<void> {
    await changeNodeNow(this.#reads, this.#writes, node, (now) => asFound(now, run));
    this.#log(`${node}: given back as it was found.`);
  }
}
