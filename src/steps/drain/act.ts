import { objectName } from '../../text/object-name.ts';
import { asFound, changeNodeNow } from '../guards/change-node.ts';
import { refused } from '../runtime/step-error.ts';
import type { NodePod, NodeReads, NodeWrites, PodWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DrainAction } from './decide.ts';
import type { ProgressTracker } from './progress.ts';

/** Between two rounds of evictions: a budget that says no is asked again after this. */
const ROUND_SECONDS = 5;

export interface DrainClients {
  readonly reads: NodeReads;
  /** Fenced. */
  readonly writes: NodeWrites & PodWrites;
  readonly clock: Clock;
  readonly log: Log;
}

export class Drainer {
  readonly #clients: DrainClients;
  readonly #gracePeriodSeconds: number;
  readonly #progress: ProgressTracker;

  constructor(clients: DrainClients, gracePeriodSeconds: number, progress: ProgressTracker) {
    this.#clients = clients;
    this.#gracePeriodSeconds = gracePeriodSeconds;
    this.#progress = progress;
  }

  async act(action: DrainAction): Promise<void> {
    switch (action.kind) {
      case 'cordon':
        await this.#clients.writes.changeNode(action.node, {
          upgradeRecord: { ...action.upgradeRecord, startedAtMs: this.#clients.clock.now() },
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
    let rejected = false;
    for (const pod of pods) {
      const answer = await this.#clients.writes.evict(pod, this.#gracePeriodSeconds);
      const result = 'because' in answer ? answer.because : answer.kind;
      if (this.#progress.recordAnswer(pod.uid, answer)) this.#clients.log(`${objectName(pod)}: ${result}`);
      rejected ||= 'because' in answer;
    }
    await this.#clients.clock.sleep(rejected ? ROUND_SECONDS : 1);
  }

  async #delete({ pod, budgets }: DrainAction & { kind: 'delete' }): Promise<void> {
    this.#progress.recordDeletion(budgets);
    const answer = await this.#clients.writes.deletePod(pod, this.#gracePeriodSeconds);
    const result = answer.kind === 'evicted' ? 'deleted; its controller recreates it on another node' : answer.kind;
    this.#progress.recordAnswer(pod.uid, answer);
    this.#clients.log(`${objectName(pod)}: ${'because' in answer ? answer.because : result}`);
    await this.#clients.clock.sleep(1);
  }

  /** As it is at this moment: a kubelet that writes its Node meanwhile must not leave it cordoned. */
  async #giveBack({ node, run }: DrainAction & { kind: 'give-up' }): Promise<void> {
    await changeNodeNow(this.#clients.reads, this.#clients.writes, node, (now) => asFound(now, run));
    this.#clients.log(`${node}: restored as it was found.`);
  }
}
