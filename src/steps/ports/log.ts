/** Writes one line to the log of the step, which the Argo UI shows. */
export type Log = (line: string) => void;
