import { get, kubectl, run, until } from './commands.ts';
import { getWorkflow, outputOf, podsOf, submit, whenEnded, type Workflow } from './workflow.ts';

export const NIGHTLY = 'cronwf/k8s-upgrade-nightly';

interface StepPod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status: { readonly phase: string };
}

/** Name of the pod of a run that does a step for a node, once it runs. */
export async function whenStepRuns(workflow: string, step: string, node: string, limitSeconds = 400): Promise<string> {
  const pods = await until(
    `${step} of ${node} runs in ${workflow}`,
    limitSeconds,
    () => runningSteps(workflow, step, node),
    (names) => names.length > 0,
  );
  return pods[0] ?? '';
}

async function runningSteps(workflow: string, step: string, node: string): Promise<string[]> {
  const labels = `workflows.argoproj.io/workflow=${workflow},app.kubernetes.io/component=${step}`;
  const { items } = await get<{ items: readonly StepPod[] }>('pods', '-n', 'k8s-upgrade', '-l', labels);
  return items
    .filter(({ status }) => status.phase === 'Running')
    .filter(({ spec }) => envOf(spec, 'NODE') === node)
    .map(({ metadata }) => metadata.name);
}

const envOf = ({ containers }: StepPod['spec'], name: string): string | undefined =>
  containers.find((container) => container.name === 'main')?.env?.find((variable) => variable.name === name)?.value;

/** What a pod has logged so far; empty when nothing of it is left. */
export const logOf = async (pod: string): Promise<string> =>
  (await run('lab/in-lab.sh', ['kubectl', 'logs', '-n', 'k8s-upgrade', pod, '-c', 'main'])).stdout;

/** All that the steps of a kind said in a run, as far as their pods are still there. */
export async function logsOf(workflow: string, step: string): Promise<string> {
  const labels = `workflows.argoproj.io/workflow=${workflow},app.kubernetes.io/component=${step}`;
  const names = await kubectl('get', 'pods', '-n', 'k8s-upgrade', '-l', labels, '-o', 'name');
  const logs = await Promise.all(names.split('\n').map((name) => logOf(name.replace('pod/', ''))));
  return logs.join('\n');
}

export const startNight = (...parameters: readonly string[]): Promise<string> => submit(NIGHTLY, ...parameters);

export const night = async (limitSeconds: number, ...parameters: readonly string[]): Promise<Workflow> =>
  whenEnded(await startNight(...parameters), limitSeconds);

/** An upgrade and an operation have different exit handlers. */
const ofExitHandler = (workflow: Workflow, output: string): string =>
  outputOf(workflow, 'finish', output) || outputOf(workflow, 'finish-operation', output);
export const outcomeOf = (workflow: Workflow): string => ofExitHandler(workflow, 'outcome');
export const messageOf = (workflow: Workflow): string => ofExitHandler(workflow, 'message');

/** The first line of the message; a fixed text when there is none. */
export const firstLine = (workflow: Workflow): string => messageOf(workflow).split('\n')[0] || 'the run has no message';

/** `Succeeded, upgraded`; a run without an exit handler has no outcome. */
export const endOf = (workflow: Workflow): string =>
  [workflow.status.phase ?? '', outcomeOf(workflow)].filter((word) => word !== '').join(', ');

/** Steps of a kind that a run has begun, by template. */
export const begun = (workflow: Workflow, prefix: string): number =>
  podsOf(workflow).filter(({ templateName = '' }) => templateName.startsWith(prefix)).length;

export { getWorkflow, submit, whenEnded };
