import type { KeySecret, SeenKey } from '../../../src/steps/ports/key-secret.ts';

export class FakeKeySecret implements KeySecret {
  readonly #next: string;
  #key: string;
  #revision = 1;

  constructor(key: string, next: string) {
    this.#key = key;
    this.#next = next;
  }

  /** Another client writes it. */
  put(key = this.#key): void {
    this.#key = key;
    this.#revision += 1;
  }

  async read(): Promise<SeenKey> {
    return { key: this.#key, revision: String(this.#revision) };
  }

  async takeNext({ revision }: SeenKey): Promise<'written' | 'changed'> {
    if (revision !== String(this.#revision)) return 'changed';
    this.put(this.#next);
    return 'written';
  }
}
