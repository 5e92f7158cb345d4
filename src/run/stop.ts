/** `pause`: the time is not right. `halt`: somebody said stop. Neither is a failure. */
export const STOPS = ['pause', 'halt'] as const;
export type Stop = (typeof STOPS)[number];

/**
 * That a run begins no more nodes, and why: written as the mark `<prefix>stopped` by whoever finds
 * out first, so that everything after it, to the exit handler, says the same.
 */
export interface RunStop {
  /** UID of the Workflow. */
  readonly run: string;
  readonly verdict: Stop;
  readonly because: string;
  /** The only node that waits; the others are asked. Without it, the run begins no more nodes. */
  readonly node?: string;
}

export const runStopAnnotation = (prefix: string): string => `${prefix}stopped`;

export const formatRunStop = ({ run, verdict, because, node }: RunStop): string =>
  JSON.stringify({ run, verdict, because, node });

/** Leaves out what holds for one node alone. */
export const stopsRun = (stop: RunStop | undefined): RunStop | undefined =>
  stop?.node === undefined ? stop : undefined;

/** What our annotations say of this run. Of another run, or unreadable: nothing, since the next look thinks afresh. */
export function runStopOf(
  annotations: Readonly<Record<string, string>>,
  prefix: string,
  run: string,
): RunStop | undefined {
  const stop = tryParse(annotations[runStopAnnotation(prefix)] ?? '');
  return stop?.run === run ? stop : undefined;
}

function tryParse(text: string): RunStop | undefined {
  try {
    const { run, verdict, because, node } = Object(JSON.parse(text)) as Record<string, unknown>;
    const known = STOPS.find((stop) => stop === verdict);
    if (typeof run !== 'string' || typeof because !== 'string' || known === undefined) return undefined;
    if (node !== undefined && typeof node !== 'string') return undefined;
    return node === undefined ? { run, verdict: known, because } : { run, verdict: known, because, node };
  } catch {
    return undefined;
  }
}

/** How every sentence begins that is said because of the kill switch; the exit handler knows a halt by it. */
export const HALTED = 'Halted by the kill switch';
export const KILL_SWITCH = 'k8s-upgrade-killswitch';

/** `reason`: as the operator wrote it; empty when it was not given. */
export const haltedBecause = (reason: string): string =>
  `${HALTED}, ConfigMap k8s-upgrade/${KILL_SWITCH}${reason === '' ? '' : ` (${reason})`}: nothing more is begun. To go on: kubectl -n k8s-upgrade delete configmap ${KILL_SWITCH}`;
