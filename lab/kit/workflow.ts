import { argo, get, until } from './commands.ts';

const NAMESPACE = 'k8s-upgrade';

export interface WorkflowNode {
  readonly id: string;
  readonly type: string;
  readonly displayName: string;
  readonly templateName?: string;
  readonly phase: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly inputs?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
  readonly outputs?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
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
export const submit = (from: string, ...parameters: readonly string[]): Promise<string> =>
  argo(
    'submit',
    '-n',
    NAMESPACE,
    '--from',
    from,
    ...parameters.flatMap((parameter) => ['-p', parameter]),
    '-o',
    'name',
  );

export const ended = (workflow: Workflow): boolean =>
  ['Succeeded', 'Failed', 'Error'].includes(workflow.status.phase ?? '');

export const whenEnded = (name: string, limitSeconds: number): Promise<Workflow> =>
  until(`${name} has ended`, limitSeconds, () => getWorkflow(name), ended);

export const nodesOf = ({ status }: Workflow): WorkflowNode[] =>
  Object.values(status.nodes ?? {}).sort((a, b) => a.startedAt.localeCompare(b.startedAt));

export const podsOf = (workflow: Workflow): WorkflowNode[] => nodesOf(workflow).filter(({ type }) => type === 'Pod');

export const inputOf = (node: WorkflowNode, name: string): string | undefined =>
  node.inputs?.parameters?.find((parameter) => parameter.name === name)?.value;

/** An output of a step, by the step's template; empty when there is none. */
export function outputOf(workflow: Workflow, template: string, name: string): string {
  const step = podsOf(workflow).findLast((node) => node.templateName === template);
  return step?.outputs?.parameters?.find((parameter) => parameter.name === name)?.value ?? '';
}

export const secondsBetween = (from: string, to: string | null): number =>
  Math.round((new Date(to ?? Date.now()).getTime() - new Date(from).getTime()) / 1000);
