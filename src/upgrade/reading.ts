/** Not an answer: what was read cannot be judged, and the text says why. It never counts as a harmless answer. */
export interface Unreadable {
  readonly unreadable: string;
}

export const unreadable = (why: string): Unreadable => ({ unreadable: why });
