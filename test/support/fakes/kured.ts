import type { Kured, KuredState } from '../../../src/steps/ports/kured.ts';

/** A kured whose lock has no holder. */
export class FakeKured implements Kured {
  #state: KuredState | undefined;
  #revision = 1;
  /** Runs once, between a read and the write that follows. */
  beforeNextWrite: (() => void) | undefined;
  /** Why the lock is not known. */
  trouble: Error | undefined;

  /** What else runs kured. */
  readonly others: string[] = [];
  /** Why the DaemonSets are not known. */
  listTrouble: Error | undefined;

  constructor(concurrency = 1) {
    const place = { daemonSet: 'kube-system/kured', annotation: 'weave.works/kured-node-lock' };
    this.#state = { ...place, revision: '0', concurrency, lock: undefined };
  }

  /** A cluster without any. */
  static none(): FakeKured {
    const fake = new FakeKured();
    fake.#state = undefined;
    return fake;
  }

  get lock(): string | undefined {
    return this.#state?.lock;
  }

  /** Plays kured or an operator. */
  set(lock: string | undefined): void {
    this.#state = this.#state && { ...this.#state, lock, revision: String(++this.#revision) };
  }

  remove(): void {
    this.#state = undefined;
  }

  async state(): Promise<KuredState | undefined> {
    if (this.trouble !== undefined) throw this.trouble;
    return this.#state;
  }

  async installed(): Promise<readonly string[]> {
    if (this.listTrouble !== undefined) throw this.listTrouble;
    const own = this.#state === undefined ? [] : [this.#state.daemonSet];
    return [...own, ...this.others].sort();
  }

  async writeLock({ revision }: KuredState, lock: string | null): ReturnType<Kured['writeLock']> {
    const between = this.beforeNextWrite;
    this.beforeNextWrite = undefined;
    between?.();
    if (this.#state === undefined) return 'gone';
    if (this.#state.revision !== revision) return 'changed';
    this.set(lock ?? undefined);
    return 'written';
  }
}
