import { argo, get, until } from './commands.ts';
import { nodeLines, nodeNames, readyAt } from './nodes.ts';
import { check, noteLines } from './record.ts';

const NAMESPACE = 'k8s-upgrade';

interface Parameters {
  readonly parameters?: readonly { readonly name: string; readonly value?: string }[];
}

export interface WorkflowNode {
  readonly id: string;
  readonly type: string;
  readonly displayName: string;
  readonly templateName?: string;
  readonly phase: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly inputs?: Parameters;
  readonly outputs?: Parameters;
}

export interface Workflow {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
  readonly status: {
    readonly phase?: string;
    readonly message?: string;
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly nodes?: Readonly<Record<string, WorkflowNode>>;
  };
}

export const getWorkflow = (name: string): Promise<Workflow> => get<Workflow>('workflow', name, '-n', NAMESPACE);
export const listWorkflows = async (): Promise<readonly Workflow[]> =>
  (await get<{ items: readonly Workflow[] }>('workflows', '-n', NAMESPACE)).items;

/** Starts a run as an operator does; answers its name. */
export function submit(from: string, ...parameters: readonly string[]): Promise<string> {
  const words = parameters.flatMap((parameter) => ['-p', parameter]);
  return argo('submit', '-n', NAMESPACE, '--from', from, ...words, '-o', 'name');
}

/** Starts a run of a WorkflowTemplate and waits for its end. */
export const runOf = async (template: string, limitSeconds: number, ...parameters: readonly string[]) =>
  whenEnded(await submit(`workflowtemplate/${template}`, ...parameters), limitSeconds);

export const startNight = (): Promise<string> => submit('cronwf/k8s-upgrade-nightly');
export const night = async (limitSeconds: number): Promise<Workflow> => whenEnded(await startNight(), limitSeconds);

const hasEnded = ({ status }: Workflow): boolean => ['Succeeded', 'Failed', 'Error'].includes(status.phase ?? '');

export const whenRun = (
  name: string,
  what: string,
  limitSeconds: number,
  satisfied: (run: Workflow) => boolean,
): Promise<Workflow> => until(`${name} ${what}`, limitSeconds, () => getWorkflow(name), satisfied);

export const whenEnded = (name: string, limitSeconds: number): Promise<Workflow> =>
  whenRun(name, 'has ended', limitSeconds, hasEnded);

/** A step of the run waits for an answer, or for a time. */
export const whenSuspended = (name: string, limitSeconds: number): Promise<Workflow> =>
  whenRun(name, 'waits', limitSeconds, (run) =>
    nodesOf(run).some(({ type, phase }) => type === 'Suspend' && phase === 'Running'),
  );

export const retry = async (name: string, limitSeconds: number): Promise<Workflow> => {
  await argo('retry', '-n', NAMESPACE, name);
  return whenEnded(name, limitSeconds);
};

export const nodesOf = ({ status }: Workflow): WorkflowNode[] =>
  Object.values(status.nodes ?? {}).sort((a, b) => a.startedAt.localeCompare(b.startedAt));

export const podsOf = (workflow: Workflow): WorkflowNode[] => nodesOf(workflow).filter(({ type }) => type === 'Pod');

/** `detect, finish`: the steps for which Argo started a pod. */
export const stepsOf = (workflow: Workflow): string =>
  podsOf(workflow)
    .map(({ templateName }) => templateName)
    .join(', ');

/** Steps of a kind that a run has begun, by template. */
export const begun = (workflow: Workflow, prefix: string): number =>
  podsOf(workflow).filter(({ templateName = '' }) => templateName.startsWith(prefix)).length;

const parameterOf = (side: Parameters | undefined, name: string): string | undefined =>
  side?.parameters?.find((parameter) => parameter.name === name)?.value;

/** An output of a step, by the step's template; empty when there is none. */
export const outputOf = (workflow: Workflow, template: string, name: string): string =>
  parameterOf(podsOf(workflow).findLast(({ templateName }) => templateName === template)?.outputs, name) ?? '';

/** An upgrade and an operation have different exit handlers. */
const ofExitHandler = (workflow: Workflow, output: string): string =>
  outputOf(workflow, 'finish', output) || outputOf(workflow, 'finish-operation', output);
export const outcomeOf = (workflow: Workflow): string => ofExitHandler(workflow, 'outcome');
export const messageOf = (workflow: Workflow): string => ofExitHandler(workflow, 'message');

/** The first line of the message; a fixed text when there is none. */
export const firstLine = (workflow: Workflow): string => messageOf(workflow).split('\n')[0] || 'the run has no message';

export const phaseOf = ({ status }: Workflow): string => status.phase ?? '';

/** `Succeeded, upgraded`; a run without an exit handler has no outcome. */
export const endOf = (workflow: Workflow): string =>
  [phaseOf(workflow), outcomeOf(workflow)].filter((word) => word !== '').join(', ');

/** A run upgraded every node. `nodes`: their names; undefined: those of the cluster. */
export async function checkUpgraded(
  what: string,
  run: Workflow,
  version: string,
  nodes?: readonly string[],
): Promise<void> {
  check(what, 'Succeeded, upgraded', endOf(run));
  check('… the nodes', readyAt(nodes ?? (await nodeNames()), version), await nodeLines());
}

export const secondsBetween = (from: string, to: string | null): number =>
  Math.round((new Date(to ?? Date.now()).getTime() - new Date(from).getTime()) / 1000);

export const noteMessage = (workflow: Workflow): void => {
  noteLines(messageOf(workflow));
};

/** A line per node of the cluster, and one for what concerns none: when each step ran, in seconds since the run began. */
export function noteTimeline(workflow: Workflow): void {
  const pods = podsOf(workflow);
  const owners = [...new Set(pods.map(ownerOf))];
  noteLines(
    owners.map((owner) => {
      const steps = pods.filter((pod) => ownerOf(pod) === owner).map((pod) => spanOf(workflow, pod));
      return `${owner.padEnd(9)} ${steps.join(', ')}`;
    }),
  );
}

const ownerOf = (pod: WorkflowNode): string => parameterOf(pod.inputs, 'node') ?? '(cluster)';

function spanOf(workflow: Workflow, { templateName = '', startedAt, finishedAt, phase }: WorkflowNode): string {
  const since = (at: string | null): number => secondsBetween(workflow.status.startedAt, at);
  const step = templateName.replace(/-(control-plane|worker)$/, '');
  return `${step} ${since(startedAt)}–${since(finishedAt)} s${phase === 'Succeeded' ? '' : ` (${phase})`}`;
}
