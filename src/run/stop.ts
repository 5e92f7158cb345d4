/** `pause`: outside the maintenance window. `halt`: the kill switch is on. Neither is a failure. */
export const STOPS = ['pause', 'halt'] as const;
export type Stop = (typeof STOPS)[number];

/**
 * Records that a run begins no more nodes, and why. The first step that detects it writes the annotation
 * `<prefix>stopped`, so that every later step and the exit handler report the same reason.
 */
export interface RunStop {
  /** UID of the Workflow. */
  readonly run: string;
  readonly verdict: Stop;
  readonly because: string;
  /** The only node that waits; other nodes are still checked. Without it, the run begins no more nodes. */
  readonly node?: string;
}

export const runStopAnnotation = (prefix: string): string => `${prefix}stopped`;

export const formatRunStop = ({ run, verdict, because, node }: RunStop): string =>
  JSON.stringify({ run, verdict, because, node });

/** Returns undefined for a stop that applies to one node only. */
export const stopsRun = (stop: RunStop | undefined): RunStop | undefined =>
  stop?.node === undefined ? stop : undefined;

/**
 * Returns the recorded stop of this run. Undefined for another run or an unreadable value, because the next check
 * decides again.
 */
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

/** Exit code of a step that the kill switch stopped. The exit handler reports a halt, not a failure. */
export const HALTED_EXIT_CODE = 78;
const HALTED = 'Halted by the kill switch';
export const KILL_SWITCH = 'k8s-upgrade-killswitch';

/** `reason`: the operator's text; empty when none was given. */
export const haltedBecause = (reason: string): string =>
  `${HALTED}, ConfigMap k8s-upgrade/${KILL_SWITCH}${reason === '' ? '' : ` (${reason})`}: no further node begins. To resume: kubectl -n k8s-upgrade delete configmap ${KILL_SWITCH}`;
