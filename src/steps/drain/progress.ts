import { isDeadlock, shortName, type DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { Eviction } from '../ports/cluster.ts';
import type { DrainFacts } from './observe.ts';

/** What one drain has learned so far, beside what it sees at this moment. Seconds count from its first look. */
export interface DrainProgress {
  /** What the Eviction API said of a pod (by UID) at the last try, and when asking again makes sense. */
  readonly rejected: ReadonlyMap<string, RejectedEviction>;
  /** For how long nothing has left the node, nor begun to. */
  readonly idleSeconds: number;
  /** By `namespace/name`. */
  readonly budgets: ReadonlyMap<string, BudgetHistory>;
}

export interface RejectedEviction {
  readonly because: string;
  readonly askAgainAtSeconds: number;
  /** For how long an admission policy has denied the eviction; left out when none does. */
  readonly deniedSeconds?: number;
}

export interface BudgetHistory {
  /** For how long it has been the same deadlock at every look; undefined when it is none now. */
  readonly deadlockSeconds: number | undefined;
  /** The most pods that it was seen to count. */
  readonly mostExpected: number;
  /** How long ago a pod was deleted past it; undefined when none was. */
  readonly deletedSecondsAgo: number | undefined;
}

export const NO_PROGRESS: DrainProgress = { rejected: new Map(), idleSeconds: 0, budgets: new Map() };

interface BudgetState {
  readonly numbers: string;
  readonly sinceSeconds: number;
  readonly mostExpected: number;
}

export class ProgressTracker {
  readonly #policy: DrainPolicy;
  readonly #rejected = new Map<string, RejectedEviction>();
  readonly #deniedSince = new Map<string, number>();
  readonly #budgets = new Map<string, BudgetState>();
  readonly #deletedAt = new Map<string, number>();
  #present: ReadonlyMap<string, 'there' | 'ending'> = new Map();
  #movedAt = 0;
  #now = 0;

  constructor(policy: DrainPolicy) {
    this.#policy = policy;
  }

  /** Takes in what is seen now. */
  update(facts: DrainFacts, elapsedSeconds: number): DrainProgress {
    this.#now = elapsedSeconds;
    const present = this.#presentKeys(facts);
    if (
      [...this.#present].some(([key, was]) => !present.has(key) || (was === 'there' && present.get(key) === 'ending'))
    )
      this.#movedAt = elapsedSeconds;
    this.#present = present;
    for (const budget of facts.budgets) this.#count(budget);
    return {
      rejected: this.#rejected,
      idleSeconds: elapsedSeconds - this.#movedAt,
      budgets: new Map(facts.budgets.map((budget) => [shortName(budget), this.#historyOf(budget)])),
    };
  }

  /** What the API server said of the wish to evict the pod; true when it is news. */
  recordAnswer(uid: string, answer: Eviction): boolean {
    const before = this.#rejected.get(uid);
    this.#rejected.delete(uid);
    if (answer.kind !== 'denied') this.#deniedSince.delete(uid);
    if (answer.kind !== 'held' && answer.kind !== 'denied') return true;
    this.#rejected.set(uid, answer.kind === 'held' ? this.#notAllowed(answer) : this.#deniedBy(uid, answer.because));
    return before?.because !== answer.because;
  }

  #notAllowed({ because, askAgainSeconds = 0 }: Eviction & { kind: 'held' }): RejectedEviction {
    return { because, askAgainAtSeconds: this.#now + askAgainSeconds };
  }

  #deniedBy(uid: string, because: string): RejectedEviction {
    const since = this.#deniedSince.get(uid) ?? this.#now;
    this.#deniedSince.set(uid, since);
    return { because, askAgainAtSeconds: this.#now, deniedSeconds: this.#now - since };
  }

  recordDeletion(budgets: readonly DisruptionBudget[]): void {
    for (const budget of budgets) this.#deletedAt.set(shortName(budget), this.#now);
  }

  #presentKeys({ pods, attached }: DrainFacts): Map<string, 'there' | 'ending'> {
    const departing = pods.filter((pod) => filterStatus(pod, this.#policy).kind !== 'leave');
    return new Map([
      ...departing.map(({ uid, terminating }) => [`pod ${uid}`, terminating ? 'ending' : 'there'] as const),
      ...attached.map(({ name }) => [`volume ${name}`, 'there'] as const),
    ]);
  }

  #count(budget: DisruptionBudget): void {
    const before = this.#budgets.get(shortName(budget));
    const numbers = `${isDeadlock(budget)} ${budget.desiredHealthy} ${budget.expectedPods}`;
    this.#budgets.set(shortName(budget), {
      numbers,
      sinceSeconds: before?.numbers === numbers ? before.sinceSeconds : this.#now,
      mostExpected: Math.max(before?.mostExpected ?? 0, budget.expectedPods),
    });
  }

  #historyOf(budget: DisruptionBudget): BudgetHistory {
    const { sinceSeconds, mostExpected } = this.#budgets.get(shortName(budget)) ?? {
      sinceSeconds: this.#now,
      mostExpected: 0,
    };
    const deletedAt = this.#deletedAt.get(shortName(budget));
    return {
      deadlockSeconds: isDeadlock(budget) ? this.#now - sinceSeconds : undefined,
      mostExpected,
      deletedSecondsAgo: deletedAt === undefined ? undefined : this.#now - deletedAt,
    };
  }
}
