import { get, sleep } from './commands.ts';

interface StepPod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** Where each step pod ran, and the node that it worked on (undefined for a step that works on none). */
export interface Placed {
  readonly pod: string;
  readonly step: string;
  readonly ranOn: string;
  readonly target: string | undefined;
}

/** Watches step pods all along, so that one that is gone at the end is known too. */
export class PlacementWatch {
  readonly #seen = new Map<string, Placed>();
  #watching = true;
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#watch();
  }

  async stop(): Promise<readonly Placed[]> {
    this.#watching = false;
    await this.#done;
    await this.#look();
    return [...this.#seen.values()];
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      // The API server is away for a while: the next look sees the same pods.
      await this.#look().catch(() => undefined);
      await sleep(2);
    }
  }

  async #look(): Promise<void> {
    const { items } = await get<{ items: readonly StepPod[] }>(
      'pods',
      '-n',
      'k8s-upgrade',
      '-l',
      'app.kubernetes.io/part-of=argo-kubeadm-upgrade',
    );
    for (const { metadata, spec } of items) {
      if (spec.nodeName === undefined) continue;
      const env = spec.containers.find(({ name }) => name === 'main')?.env ?? [];
      this.#seen.set(metadata.name, {
        pod: metadata.name,
        step: metadata.labels?.['app.kubernetes.io/component'] ?? 'unknown',
        ranOn: spec.nodeName,
        target: env.find(({ name }) => name === 'NODE')?.value,
      });
    }
  }
}
