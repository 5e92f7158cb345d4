import { submitCommand } from '../upgrade/operation.ts';
import { baselineAnnotation } from '../signals/alert-check.ts';
import type { UpgradeGauges } from '../signals/gauges.ts';
import { kubeTag, sameVersion, tryParseKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { podsAnnotation } from '../upgrade/drain/pod-readiness.ts';
import { runStopAnnotation } from './stop.ts';

/**
 * The ConfigMap that keeps the annotations of the run in progress, and the replicas of Deployments that are scaled to
 * 0.
 */
export const RUN_STATE = 'k8s-upgrade-run-state';

/** Annotations of the run in progress. */
export const inFlightAnnotation = (prefix: string): string => `${prefix}in-flight`;
const startedAnnotation = (prefix: string): string => `${prefix}started`;
export const snapshotAnnotation = (prefix: string): string => `${prefix}snapshot-path`;

export const targetAnnotation = (prefix: string): string => `${prefix}target`;

/** Returns all annotations of a run, in the order in which a person reads them. */
export const markAnnotations = (prefix: string): readonly string[] => [
  inFlightAnnotation(prefix),
  targetAnnotation(prefix),
  startedAnnotation(prefix),
  snapshotAnnotation(prefix),
  runStopAnnotation(prefix),
  baselineAnnotation(prefix),
  podsAnnotation(prefix),
];

/** Returns a patch that removes all annotations of a run. */
export const noMarks = (prefix: string): Readonly<Record<string, null>> =>
  Object.fromEntries(markAnnotations(prefix).map((mark) => [mark, null]));

type Annotations = Readonly<Record<string, string>>;

/**
 * Returns the annotations that a run writes when it begins. A run that begins a second time keeps its first values.
 */
export function markOfBegin(annotations: Annotations, prefix: string, run: string, nowMs: number): Annotations {
  const [inFlight, started] = [inFlightAnnotation(prefix), startedAnnotation(prefix)];
  const before = annotations[inFlight] === run ? tryParseSeconds(annotations[started]) : undefined;
  return { [inFlight]: run, [started]: String(before ?? Math.floor(nowMs / 1000)) };
}

/**
 * Returns the gauge values besides in-flight, from the annotations. Undefined when this run is not in flight. It leaves
 * out values that cannot be read.
 */
export function gaugesKept(
  annotations: Annotations,
  prefix: string,
  run: string,
): Pick<UpgradeGauges, 'startedAtMs' | 'snapshotTaken'> | undefined {
  if (annotations[inFlightAnnotation(prefix)] !== run) return undefined;
  const started = tryParseSeconds(annotations[startedAnnotation(prefix)]);
  return {
    snapshotTaken: (annotations[snapshotAnnotation(prefix)] ?? '') !== '',
    ...(started === undefined ? {} : { startedAtMs: started * 1000 }),
  };
}

/**
 * Returns when this run began, in milliseconds since the epoch. Undefined when it did not begin, or when the value
 * cannot be read.
 */
export function startedAtMs(annotations: Annotations, prefix: string, run: string): number | undefined {
  return gaugesKept(annotations, prefix, run)?.startedAtMs ?? undefined;
}

/**
 * Returns why a step must not work towards `target`: the run in flight recorded another target.
 * undefined: the run recorded this target, or the annotations belong to another run. A run that is not an upgrade
 * records no target.
 */
export function targetProblem(
  marks: Annotations,
  prefix: string,
  run: string,
  target: KubeVersion,
): string | undefined {
  if (marks[inFlightAnnotation(prefix)] !== run) return undefined;
  const recorded = tryParseKubeVersion(marks[targetAnnotation(prefix)] ?? '');
  if (recorded !== undefined && sameVersion(recorded, target)) return undefined;
  const seen = recorded === undefined ? 'no target that can be read' : kubeTag(recorded);
  return `This step received the target ${kubeTag(target)}, and ${run} recorded ${seen} when it began: an output of another step, or the record in ConfigMap k8s-upgrade/${RUN_STATE}, was changed. This step changed nothing. Find out who wrote it, then start a new run: ${submitCommand('upgrade')}`;
}

const tryParseSeconds = (text = ''): number | undefined => (/^\d{1,11}$/.test(text) ? Number(text) : undefined);
