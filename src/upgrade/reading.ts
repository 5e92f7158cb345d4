/** Not an answer: what was read cannot be judged, and the text says why. It never counts as a harmless answer. */
export interface Unreadable {
  readonly unreadable: string;
}

export const unreadable = (why: string): Unreadable => ({ unreadable: why });

/** What one look at the world brought; `reason` names the server or the permission that was missing. */
export type Reading<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string };

export const known = <T>(value: T): Reading<T> => ({ known: true, value });
export const notKnown = (reason: string): Reading<never> => ({ known: false, reason });
