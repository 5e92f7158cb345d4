import type { Param } from '../../contract/param.ts';
import type { Params, ValuesOf } from '../../contract/step-contract.ts';
import { formatArg, Ref, type Arg } from './ref.ts';
import type { DagTask, Parameter, Template, WorkflowStep } from './types.ts';

/** A template with the types of what goes in and what comes out. */
export interface Callable<I extends Params, O extends Params> {
  readonly template: Template;
  readonly inputs: I;
  readonly outputs: O;
}

export type ArgsOf<I extends Params> = { readonly [K in keyof ValuesOf<I>]: Arg<ValuesOf<I>[K]> };
export type RefsOf<I extends Params> = { readonly [K in keyof ValuesOf<I>]: Ref<ValuesOf<I>[K]> };

/** A call of a template: a task of a DAG, or a step of a list of steps. */
export interface Called<O extends Params> {
  /** What Argo calls it in the path of its outputs. */
  readonly among: 'tasks' | 'steps';
  readonly task: WorkflowStep;
  readonly outputs: O;
}

/** A task of a DAG that calls a template. */
export interface Call<O extends Params> extends Called<O> {
  readonly among: 'tasks';
  readonly task: DagTask;
}

export interface Control {
  readonly depends?: string;
  readonly when?: string;
}

export function call<I extends Params, O extends Params>(
  name: string,
  callee: Callable<I, O>,
  args: ArgsOf<I>,
  control: Control = {},
): Call<O> {
  return { among: 'tasks', task: { ...callOf(name, callee, args), ...control }, outputs: callee.outputs };
}

/** Name, template and arguments of a call. */
export function callOf<I extends Params>(
  name: string,
  { template, inputs }: Callable<I, Params>,
  args: ArgsOf<I>,
): WorkflowStep {
  const parameters = Object.entries(inputs).map(([input, param]) => ({
    name: input,
    value: formatArg(param, args[input] as Arg<unknown>),
  }));
  return { name, template: template.name, ...(parameters.length > 0 ? { arguments: { parameters } } : {}) };
}

/** An output of a call, for another call of the same template. */
export function outputOf<O extends Params, K extends keyof ValuesOf<O> & string>(
  { among, task }: Called<O>,
  output: K,
): Ref<ValuesOf<O>[K]> {
  return new Ref(`${among}.${task.name}.outputs.parameters.${output}`);
}

/**
 * `a.Succeeded && b.Succeeded`, since a bare name is also true of a skipped task. What depends on a skipped task is omitted:
 * docs/decisions/0032-a-task-after-a-skipped-one.md
 */
export const after = (...calls: readonly Call<Params>[]): string =>
  calls.map(({ task }) => `${task.name}.Succeeded`).join(' && ');

export interface DagOptions<I extends Params> {
  readonly name: string;
  readonly inputs: I;
  readonly tasks: (inputs: RefsOf<I>) => readonly Call<Params>[];
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- no key at all: any output asked of it is a type error
export type NoOutputs = Record<never, never>;

/** A template that runs other templates; the first failure keeps everything that has not begun from beginning. */
export function dag<const I extends Params>({ name, inputs, tasks }: DagOptions<I>): Callable<I, NoOutputs> {
  const template: Template = {
    name,
    ...inputsOf(inputs),
    dag: { failFast: true, tasks: tasks(refsOf(inputs)).map(({ task }) => task) },
  };
  return { template, inputs, outputs: {} };
}

/** The inputs of a template, for the calls in it. */
export const refsOf = <I extends Params>(inputs: I): RefsOf<I> =>
  Object.fromEntries(Object.keys(inputs).map((input) => [input, new Ref(`inputs.parameters.${input}`)])) as RefsOf<I>;

/** `inputs` of a template, each with its description; nothing when there are none. */
export function inputsOf(inputs: Params): Pick<Template, 'inputs'> {
  const parameters = Object.entries(inputs).map(([name, param]) => describeParameter(name, param));
  return parameters.length > 0 ? { inputs: { parameters } } : {};
}

const describeParameter = (name: string, { doc }: Param<unknown>): Parameter => ({ name, description: doc });
