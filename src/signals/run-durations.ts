/** One step of a finished run, with all its attempts. */
export interface RunTask {
  /** Name of the step in the workflow: `detect`, `drain`. */
  readonly phase: string;
  /** Name of the step's node; undefined when the step is about the cluster. */
  readonly node: string | undefined;
  readonly seconds: number;
}

export interface RunDurations {
  readonly phases: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, number>;
}

/** This step runs before a node begins. It may wait for a long time, and then the node may not begin at all. */
const BEFORE_A_NODE = 'admit';

/** Returns the durations without the pauses between tasks, such as the hours before an `argo retry`. */
export function durationsOf(tasks: readonly RunTask[]): RunDurations {
  const ofNodes = tasks.filter(({ phase }) => phase !== BEFORE_A_NODE);
  return {
    phases: summed(tasks.map(({ phase, seconds }) => [phase, seconds])),
    nodes: summed(ofNodes.flatMap(({ node, seconds }) => (node === undefined ? [] : [[node, seconds]]))),
  };
}

function summed(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of entries) sums.set(key, (sums.get(key) ?? 0) + value);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
