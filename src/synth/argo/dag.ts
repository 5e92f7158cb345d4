import type { Param } from '../../contract/param.ts';
import type { Params, ValuesOf } from '../../contract/step-contract.ts';
import { formatArg, Ref, type Arg } from './ref.ts';
import type { DagTask, Parameter, Template } from './types.ts';

/** A template with the types of what goes in and what comes out. */
export interface Callable<I extends Params, O extends Params> {
  readonly template: Template;
  readonly inputs: I;
  readonly outputs: O;
}

export type ArgsOf<I extends Params> = { readonly [K in keyof ValuesOf<I>]: Arg<ValuesOf<I>[K]> };
export type RefsOf<I extends Params> = { readonly [K in keyof ValuesOf<I>]: Ref<ValuesOf<I>[K]> };

/** A task of a DAG that calls a template. */
export interface Call<O extends Params> {
  readonly task: DagTask;
  readonly outputs: O;
}

export interface Control {
  readonly depends?: string;
  readonly when?: string;
  readonly withParam?: Ref<readonly unknown[]>;
}

export function call<I extends Params, O extends Params>(
  name: string,
  callee: Callable<I, O>,
  args: ArgsOf<I>,
  { withParam, ...control }: Control = {},
): Call<O> {
  const parameters = Object.entries(callee.inputs).map(([input, param]) => ({
    name: input,
    value: formatArg(param, args[input] as Arg<unknown>),
  }));
  const task: DagTask = {
    name,
    template: callee.template.name,
    ...(parameters.length > 0 ? { arguments: { parameters } } : {}),
    ...control,
    ...(withParam === undefined ? {} : { withParam: withParam.toString() }),
  };
  return { task, outputs: callee.outputs };
}

/** An output of a task, for another task of the same DAG. */
export function outputOf<O extends Params, K extends keyof ValuesOf<O> & string>(
  from: Call<O>,
  output: K,
): Ref<ValuesOf<O>[K]> {
  return new Ref(`tasks.${from.task.name}.outputs.parameters.${output}`);
}

/** `a.Succeeded && b.Succeeded`: said in full, since a bare name also counts a skipped task as done. */
export const after = (...calls: readonly Call<Params>[]): string =>
  calls.map(({ task }) => `${task.name}.Succeeded`).join(' && ');

export interface DagOptions<I extends Params> {
  readonly name: string;
  readonly inputs: I;
  readonly tasks: (inputs: RefsOf<I>) => readonly Call<Params>[];
  /** How many of its tasks, counting each item of a fan-out, run at once. */
  readonly parallelism?: number;
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- no key at all: any output asked of it is a type error
export type NoOutputs = Record<never, never>;

/** A template that runs other templates; the first failure keeps everything that has not begun from beginning. */
export function dag<const I extends Params>({
  name,
  inputs,
  tasks,
  parallelism,
}: DagOptions<I>): Callable<I, NoOutputs> {
  const refs = Object.fromEntries(Object.keys(inputs).map((input) => [input, new Ref(`inputs.parameters.${input}`)]));
  const template: Template = {
    name,
    ...inputsOf(inputs),
    dag: { failFast: true, tasks: tasks(refs as RefsOf<I>).map(({ task }) => task) },
    ...(parallelism === undefined ? {} : { parallelism }),
  };
  return { template, inputs, outputs: {} };
}

/** `inputs` of a template, each with its description; nothing when there are none. */
export function inputsOf(inputs: Params): Pick<Template, 'inputs'> {
  const parameters = Object.entries(inputs).map(([name, param]) => describeParameter(name, param));
  return parameters.length > 0 ? { inputs: { parameters } } : {};
}

const describeParameter = (name: string, { doc }: Param<unknown>): Parameter => ({ name, description: doc });
