import type { Deployment, DeploymentName, Deployments, HeldRecord } from '../../../src/steps/ports/deployments.ts';

type About = Partial<Pick<Deployment, 'replicas' | 'held' | 'oldAnnotation'>>;
const pathOf = ({ namespace, name }: DeploymentName): string => `${namespace}/${name}`;

export class FakeDeployments implements Deployments {
  readonly #all = new Map<string, Omit<Deployment, 'held'>>();
  readonly #records = new Map<string, HeldRecord['replicas']>();
  #revision = 1;
  /** Runs once, between a read and the write that follows. */
  beforeNextWrite: (() => void) | undefined;
  /** Every write that was done: `shop/web 0`, or `shop/web: 3 recorded`. */
  readonly writes: string[] = [];

  /** Also plays a change by another client. */
  set(path: string, { held, ...about }: About): void {
    const [namespace = '', name = ''] = path.split('/');
    const before = this.#all.get(path) ?? { namespace, name, revision: '', replicas: 1, oldAnnotation: false };
    this.#all.set(path, { ...before, ...about, revision: String(this.#revision++) });
    if (held !== undefined) this.#records.set(path, held);
  }

  remove(path: string): void {
    this.#all.delete(path);
  }

  async deployment(namespace: string, name: string): Promise<Deployment | undefined> {
    const path = `${namespace}/${name}`;
    const found = this.#all.get(path);
    return found && { ...found, held: this.#records.get(path) };
  }

  async records(): Promise<readonly HeldRecord[]> {
    const sorted = [...this.#records].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([path, replicas]) => {
      const [namespace = '', name = ''] = path.split('/');
      return { namespace, name, replicas };
    });
  }

  async record(deployment: Parameters<Deployments['record']>[0], replicas: number | null): Promise<void> {
    const path = pathOf(deployment);
    if (replicas === null) this.#records.delete(path);
    else this.#records.set(path, replicas);
    this.writes.push(`${path}: ${replicas ?? 'none'} recorded`);
  }

  async scale(deployment: Deployment, replicas: number): ReturnType<Deployments['scale']> {
    const path = pathOf(deployment);
    const between = this.beforeNextWrite;
    this.beforeNextWrite = undefined;
    between?.();
    const seen = this.#all.get(path);
    if (seen === undefined) return 'gone';
    if (seen.revision !== deployment.revision) return 'changed';
    this.set(path, { replicas });
    this.writes.push(`${path} ${replicas}`);
    return 'written';
  }
}
