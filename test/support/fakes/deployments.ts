import type { Deployment, Deployments, Scaling } from '../../../src/steps/ports/deployments.ts';

export class FakeDeployments implements Deployments {
  readonly #all = new Map<string, Deployment>();
  #revision = 1;
  /** Happens once, between somebody's look and his write. */
  beforeNextWrite: (() => void) | undefined;
  /** Every write that was done: `shop/web 0 (3)`, the annotation in brackets. */
  readonly writes: string[] = [];

  /** Also what somebody else does to it meanwhile. */
  set(path: string, about: Partial<Pick<Deployment, 'replicas' | 'held'>>): void {
    const [namespace = '', name = ''] = path.split('/');
    const before = this.#all.get(path) ?? { namespace, name, revision: '', replicas: 1, held: undefined };
    this.#all.set(path, { ...before, ...about, revision: String(this.#revision++) });
  }

  remove(path: string): void {
    this.#all.delete(path);
  }

  async deployment(namespace: string, name: string): Promise<Deployment | undefined> {
    return this.#all.get(`${namespace}/${name}`);
  }

  async heldDeployments(): Promise<readonly Deployment[]> {
    const sorted = [...this.#all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
    return sorted.filter(({ held }) => held !== undefined);
  }

  async scale(
    { namespace, name, revision }: Deployment,
    { replicas, held }: Scaling,
  ): ReturnType<Deployments['scale']> {
    const path = `${namespace}/${name}`;
    const between = this.beforeNextWrite;
    this.beforeNextWrite = undefined;
    between?.();
    const seen = this.#all.get(path);
    if (seen === undefined) return 'gone';
    if (seen.revision !== revision) return 'changed';
    this.set(path, { held: held ?? undefined, ...(replicas !== undefined && { replicas }) });
    this.writes.push(`${path} ${replicas ?? 'as it is'} (${held ?? 'none'})`);
    return 'written';
  }
}
