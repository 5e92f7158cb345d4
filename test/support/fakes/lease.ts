import type { Failure } from '../../../src/run/failures.ts';
import type { RunTask } from '../../../src/signals/run-durations.ts';
import type { LeasePort, LeaseRecord, RunId, RunsPort, UnscheduledPod } from '../../../src/steps/ports/lease.ts';

export class FakeLease implements LeasePort {
  #record: LeaseRecord | undefined;
  #revision = 0;
  /** Runs once, between a read and the write that follows. */
  beforeNextWrite: (() => Promise<unknown>) | undefined;

  async read(): Promise<LeaseRecord | undefined> {
    return this.#record;
  }

  async write(seen: LeaseRecord | undefined, holder: RunId | undefined, nowMs: number): Promise<boolean> {
    const between = this.beforeNextWrite;
    this.beforeNextWrite = undefined;
    await between?.();
    if (seen?.revision !== this.#record?.revision) return false;
    this.#record = { holder, renewedAtMs: nowMs, revision: String(++this.#revision) };
    return true;
  }
}

export class FakeRuns implements RunsPort {
  readonly #runs = new Map<string, { uid: string; state: 'running' | 'ended' }>();
  readonly #pods: { run: string; name: string; live: boolean }[] = [];

  set(run: RunId, state: 'running' | 'ended' | 'gone'): void {
    if (state === 'gone') this.#runs.delete(run.name);
    else this.#runs.set(run.name, { uid: run.uid, state });
  }

  addPod(run: RunId, name: string, live: boolean): void {
    this.#pods.push({ run: run.name, name, live });
  }

  endPods(run: RunId): void {
    for (const pod of this.#pods) if (pod.run === run.name) pod.live = false;
  }

  /** What a run is remembered to have done, by its UID. */
  readonly done = new Map<string, readonly RunTask[]>();

  async tasks({ uid }: RunId): Promise<readonly RunTask[]> {
    return this.done.get(uid) ?? [];
  }

  readonly #failed = new Set<string>();

  /** An attempt that is tried again is no failure of the run. */
  fail(run: RunId): void {
    this.#failed.add(run.uid);
  }

  async hasFailed({ uid }: RunId): Promise<boolean> {
    return this.#failed.has(uid);
  }

  /** What a run is remembered to have failed at, by its UID. */
  readonly failed = new Map<string, readonly Failure[]>();

  async failures({ uid }: RunId): Promise<readonly Failure[]> {
    return this.failed.get(uid) ?? [];
  }

  readonly #memoized = new Set<string>();

  memoize({ uid }: RunId): void {
    this.#memoized.add(uid);
  }

  async isMemoized({ uid }: RunId): Promise<boolean> {
    return this.#memoized.has(uid);
  }

  /** What the scheduler said of pods that it found no node for. */
  readonly unscheduledPods: UnscheduledPod[] = [];

  /** A node was found for it after all. */
  schedule(name: string): void {
    const others = this.unscheduledPods.filter(({ pod }) => pod !== name);
    this.unscheduledPods.splice(0, Infinity, ...others);
  }

  async unscheduled({ name }: RunId): Promise<readonly UnscheduledPod[]> {
    const own = this.unscheduledPods.filter(({ pod }) => pod.startsWith(`${name}-`));
    const last = new Map(own.map((each) => [each.pod, each]));
    return [...last.values()].sort((a, b) => (a.pod < b.pod ? -1 : 1));
  }

  async state({ name, uid }: RunId): Promise<'running' | 'ended' | 'gone'> {
    const run = this.#runs.get(name);
    return run?.uid === uid ? run.state : 'gone';
  }

  async livePods(run: RunId): Promise<readonly string[]> {
    const live = this.#pods.filter((pod) => pod.run === run.name && pod.live);
    return live.map(({ name }) => name).sort();
  }
}
