import { get, kubectl, sleep, tryKubectl, until } from './commands.ts';
import { check, note } from './record.ts';

interface VolumeSource {
  readonly secret?: { readonly items?: readonly { readonly key: string }[] };
}

export interface StepPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly (VolumeSource & {
      readonly projected?: { readonly sources: readonly VolumeSource[] };
    })[];
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status: { readonly phase: string };
}

export const stepPods = async (labels: string): Promise<readonly StepPod[]> =>
  (await get<{ items: readonly StepPod[] }>('pods', '-n', 'k8s-upgrade', '-l', labels)).items;

/** Labels of the pods of a run. */
export const ofRun = (workflow: string): string => `workflows.argoproj.io/workflow=${workflow}`;
const ofStep = (workflow: string, step: string): string => `${ofRun(workflow)},app.kubernetes.io/component=${step}`;

/** The node that a step works on; undefined for a step that works on no single node. */
export const targetOf = ({ spec }: StepPod): string | undefined =>
  spec.containers.find(({ name }) => name === 'main')?.env?.find(({ name }) => name === 'NODE')?.value;

export const stepOf = ({ metadata }: StepPod): string => metadata.labels?.['app.kubernetes.io/component'] ?? 'unknown';

/** Name of the pod of a run that does a step for a node, once it runs. */
export async function whenStepRuns(workflow: string, step: string, node: string, limitSeconds = 400): Promise<string> {
  const find = async (): Promise<StepPod | undefined> =>
    (await stepPods(ofStep(workflow, step))).find((pod) => pod.status.phase === 'Running' && targetOf(pod) === node);
  const runs = (pod: StepPod | undefined): boolean => pod !== undefined;
  return (await until(`${step} of ${node} runs in ${workflow}`, limitSeconds, find, runs))?.metadata.name ?? '';
}

/** What a pod has logged so far; empty when nothing of it is left. */
export const logOf = async (pod: string): Promise<string> =>
  (await tryKubectl('logs', '-n', 'k8s-upgrade', pod, '-c', 'main')).stdout;

/** All that the steps of a kind said in a run, as far as their pods are still there. */
export async function logsOf(workflow: string, step: string): Promise<string> {
  const names = await kubectl('get', 'pods', '-n', 'k8s-upgrade', '-l', ofStep(workflow, step), '-o', 'name');
  const logs = await Promise.all(names.split('\n').map((name) => logOf(name.replace('pod/', ''))));
  return logs.join('\n');
}

const EVERY_STEP = 'app.kubernetes.io/part-of=argo-kubeadm-upgrade';

/** Watches step pods all along, so that one that is gone at the end is known too. */
export class PodWatch {
  readonly #seen = new Map<string, StepPod>();
  #watching = true;
  readonly #done = this.#watch();

  async stop(): Promise<readonly StepPod[]> {
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
    for (const pod of await stepPods(EVERY_STEP)) this.#seen.set(pod.metadata.uid, pod);
  }
}

/** No step ran on the node that it worked on. `steps`: how many steps there are; undefined: those that were seen. */
export function checkPlacement(pods: readonly StepPod[], steps?: number): void {
  // Argo recreates a pod under its name.
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod])).values();
  const working = [...byName].filter((pod) => pod.spec.nodeName !== undefined && targetOf(pod) !== undefined);
  const onTarget = working.filter((pod) => pod.spec.nodeName === targetOf(pod));
  const expected = `0 of ${steps ?? working.length}`;
  check('step pods that ran on the node they worked on', expected, `${onTarget.length} of ${working.length}`);
  for (const pod of working) note(`  ${stepOf(pod)} of ${String(targetOf(pod))} ran on ${String(pod.spec.nodeName)}`);
}
