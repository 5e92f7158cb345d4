/** The next thing that a step does. `A` is the change that it makes, `R` the value that it returns at the end. */
export type Decision<A = never, R = undefined> =
  | { readonly kind: 'done'; readonly value: R; readonly because: string }
  | { readonly kind: 'wait'; readonly seconds: number; readonly because: string }
  | { readonly kind: 'act'; readonly action: A; readonly because: string }
  | { readonly kind: 'refuse'; readonly because: string };

export const done = (because: string): Decision => ({ kind: 'done', value: undefined, because });
export const wait = (seconds: number, because: string): Decision<never, never> => ({ kind: 'wait', seconds, because });
export const act = <A>(action: A, because: string): Decision<A, never> => ({ kind: 'act', action, because });
export const refuse = (because: string): Decision<never, never> => ({ kind: 'refuse', because });
