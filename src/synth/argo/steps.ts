import type { Params } from '../../contract/step-contract.ts';
import {
  callOf,
  inputsOf,
  refsOf,
  type ArgsOf,
  type Callable,
  type Called,
  type NoOutputs,
  type RefsOf,
} from './dag.ts';
import type { Ref } from './ref.ts';
import type { Template } from './types.ts';

/** A step of a list of steps that calls a template. */
export interface Step<O extends Params> extends Called<O> {
  readonly among: 'steps';
}

export const step = <I extends Params, O extends Params>(
  name: string,
  callee: Callable<I, O>,
  args: ArgsOf<I>,
): Step<O> => ({ among: 'steps', task: callOf(name, callee, args), outputs: callee.outputs });

export interface StepsOptions<I extends Params> {
  readonly name: string;
  readonly inputs: I;
  /** The steps of one group run at the same time. */
  readonly groups: (inputs: RefsOf<I>) => readonly (readonly Step<Params>[])[];
}

/** A template that runs groups of other templates; a group begins when all of the group before have succeeded. */
export function steps<const I extends Params>({ name, inputs, groups }: StepsOptions<I>): Callable<I, NoOutputs> {
  const template: Template = {
    name,
    ...inputsOf(inputs),
    steps: groups(refsOf(inputs)).map((group) => group.map(({ task }) => task)),
  };
  return { template, inputs, outputs: {} };
}

export interface FanOutOptions<I extends Params, C extends Params> {
  readonly name: string;
  readonly inputs: I;
  readonly calls: Callable<C, NoOutputs>;
  /** The list to go over, and the arguments of the call for its present member. */
  readonly over: (inputs: RefsOf<I>) => { readonly list: Ref<readonly unknown[]>; readonly args: ArgsOf<C> };
}

/** A template that calls another one for all members of a list at once. It waits for all, also after a failure. */
export function allAtOnce<const I extends Params, C extends Params>({
  name,
  inputs,
  calls,
  over,
}: FanOutOptions<I, C>): Callable<I, NoOutputs> {
  const { list, args } = over(refsOf(inputs));
  const each = { ...callOf(calls.template.name, calls, args), withParam: list.toString() };
  return { template: { name, ...inputsOf(inputs), steps: [[each]] }, inputs, outputs: {} };
}

/**
 * A template that calls another one for the members of a list, one after the other. A failure ends the list.
 *
 * With `failFast` Argo ends the template when none of its pods runs. Parallelism 1 keeps it from ending in the middle of
 * another member. What follows the list must be in `steps`, too: a DAG would wait forever for what it omits after the list.
 * Source: `checkParallelism` in `workflow/controller/operator.go` of Argo 4.1; docs/decisions/0019-a-failure-ends-the-list.md.
 */
export function oneByOne<const I extends Params, C extends Params>(
  options: FanOutOptions<I, C>,
): Callable<I, NoOutputs> {
  const { template, ...callable } = allAtOnce(options);
  return { ...callable, template: { ...template, parallelism: 1, failFast: true } };
}
