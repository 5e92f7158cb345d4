/** One line for the person who reads the step's log in the Argo UI. */
export type Log = (line: string) => void;
