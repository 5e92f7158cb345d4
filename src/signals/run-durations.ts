/** One step of a run that has ended, all its attempts together. */
export interface RunTask {
  /** As the workflow calls it: `detect`, `drain`. */
  readonly phase: string;
  /** Whom it was about; undefined where it was about the cluster. */
  readonly node: string | undefined;
  readonly seconds: number;
}

export interface RunDurations {
  readonly phases: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, number>;
}

/** Asked before a node is begun: it may wait for long, and the node may turn out not to begin at all. */
const BEFORE_A_NODE = 'admit';

/** Pauses between tasks, such as the hours before an `argo retry`, count for nothing. */
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
