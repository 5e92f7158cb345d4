import type { SnapshotFolder } from '../../../src/steps/ports/snapshot-folder.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import type { SnapshotFile } from '../../../src/upgrade/etcd/snapshot-files.ts';

export class FakeSnapshotFolder implements SnapshotFolder {
  readonly #files = new Map<string, SnapshotFile>();
  /** Every change, in order. */
  readonly changes: string[] = [];

  add(name: string, bytes = 4096, changedAtMs = 0): void {
    this.#files.set(name, { name, bytes, changedAtMs });
  }

  get names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  async files(): Promise<readonly SnapshotFile[]> {
    return [...this.#files.values()];
  }

  async publish(from: string, to: string): Promise<void> {
    const file = this.#files.get(from);
    if (file === undefined) throw refused(`could not make ${to} of ${from}: there is none`);
    this.#files.delete(from);
    this.#files.set(to, { ...file, name: to });
    this.changes.push(`publish ${to}`);
  }

  async remove(name: string): Promise<void> {
    this.#files.delete(name);
    this.changes.push(`remove ${name}`);
  }
}
