import { get, sleep } from '../../../kit/commands.ts';

interface Source {
  readonly secret?: { readonly items?: readonly { readonly key: string }[] };
}

interface StepPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName?: string;
    readonly volumes?: readonly (Source & { readonly projected?: { readonly sources: readonly Source[] } })[];
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** A step pod that mounts the SSH key of all nodes. */
export interface KeyPod {
  readonly uid: string;
  readonly step: string;
  readonly ranOn: string;
  /** The node that the step works on; undefined for a step that works on no single node. */
  readonly target: string | undefined;
}

/** Collects the step pods that mount the SSH key, also those that are gone at the end. */
export class KeyPodWatch {
  readonly #seen = new Map<string, KeyPod>();
  #watching = true;
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#watch();
  }

  async stop(): Promise<readonly KeyPod[]> {
    this.#watching = false;
    await this.#done;
    return [...this.#seen.values()];
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      // The API server of a control plane that is upgraded is away for a while: the next look sees the same pods.
      await this.#look().catch(() => undefined);
      await sleep(2);
    }
  }

  async #look(): Promise<void> {
    const label = 'app.kubernetes.io/part-of=argo-kubeadm-upgrade';
    const { items } = await get<{ items: readonly StepPod[] }>('pods', '-n', 'k8s-upgrade', '-l', label);
    for (const { metadata, spec } of items.filter(mountsKey)) {
      const env = spec.containers.find(({ name }) => name === 'main')?.env ?? [];
      this.#seen.set(metadata.uid, {
        uid: metadata.uid,
        step: metadata.labels?.['app.kubernetes.io/component'] ?? 'unknown',
        ranOn: spec.nodeName ?? 'no node',
        target: env.find(({ name }) => name === 'NODE')?.value,
      });
    }
  }
}

/** A Secret that is mounted whole holds the key as well. */
const mountsKey = ({ spec }: StepPod): boolean =>
  (spec.volumes ?? [])
    .flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])])
    .some(({ secret }) => secret !== undefined && (secret.items?.some(({ key }) => key === 'ssh_key') ?? true));
