/** A value that was read and cannot be evaluated. The text says why. It never counts as a harmless answer. */
export interface Unreadable {
  readonly unreadable: string;
}

export const unreadable = (why: string): Unreadable => ({ unreadable: why });

/** The result of one read from the cluster or a node. `reason` names the missing server or permission. */
export type Reading<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string };

export const known = <T>(value: T): Reading<T> => ({ known: true, value });
export const notKnown = (reason: string): Reading<never> => ({ known: false, reason });
