import type { Param } from '../../contract/param.ts';

declare const carried: unique symbol;

/** A value that Argo fills in at run time, with the type of what it will hold: wiring mistakes do not compile. */
export class Ref<T> {
  declare readonly [carried]: T;
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  /** `{{tasks.detect.outputs.parameters.target}}` */
  toString(): string {
    return `{{${this.path}}}`;
  }
}

/** A value known at synth, or one that Argo fills in. */
export type Arg<T> = T | Ref<T>;

export const formatArg = <T>(param: Param<T>, arg: Arg<T>): string =>
  arg instanceof Ref ? arg.toString() : param.format(arg);

/** For a place that is only reached when the value is there, such as behind a `when`. */
export const present = <T>(ref: Ref<T | undefined>): Ref<T> => new Ref(ref.path);

export const workflowParameter = <T>(name: string): Ref<T> => new Ref(`workflow.parameters.${name}`);
export const workflowOutput = <T>(name: string): Ref<T> => new Ref(`workflow.outputs.parameters.${name}`);
/** Known to the exit handler only. `failures` holds messages of others as they are, and is read from the Workflow instead. */
export const workflowField = <T>(name: 'status'): Ref<T> => new Ref(`workflow.${name}`);
/** The present member of a list of texts. */
export const item = (): Ref<string> => new Ref('item');
/** A list that is the present member of a list of lists; Argo fills it in as JSON. */
export const itemList = <T>(): Ref<readonly T[]> => new Ref('item');
export const itemField = <T>(name: string): Ref<T> => new Ref(`item.${name}`);

export const isTrue = (ref: Ref<boolean>): string => `'${ref.toString()}' == 'true'`;

/** Any of several conditions. */
export const anyOf = (...conditions: readonly string[]): string => `(${conditions.join(' || ')})`;

/** An Argo condition; the quotes keep an empty value from breaking it. */
export const equals = <T extends string>(ref: Ref<T>, value: NoInfer<T>): string => `'${ref.toString()}' == '${value}'`;
