import { baselineAnnotation } from '../signals/alert-news.ts';
import type { UpgradeGauges } from '../signals/gauges.ts';
import { kubeTag, sameVersion, tryParseKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { podsAnnotation } from '../upgrade/drain/pod-readiness.ts';
import { runStopAnnotation } from './stop.ts';

/** The ConfigMap that keeps the marks of the run under way, and the replicas of Deployments that are held at 0. */
export const RUN_STATE = 'k8s-upgrade-run-state';

/** The marks of the run under way. */
export const inFlightAnnotation = (prefix: string): string => `${prefix}in-flight`;
export const startedAnnotation = (prefix: string): string => `${prefix}started`;
export const snapshotAnnotation = (prefix: string): string => `${prefix}snapshot-path`;

export const targetAnnotation = (prefix: string): string => `${prefix}target`;

/** Every mark of a run, in the order in which a person reads them. */
export const markAnnotations = (prefix: string): readonly string[] => [
  inFlightAnnotation(prefix),
  targetAnnotation(prefix),
  startedAnnotation(prefix),
  snapshotAnnotation(prefix),
  runStopAnnotation(prefix),
  baselineAnnotation(prefix),
  podsAnnotation(prefix),
];

/** What takes all of it away. */
export const noMarks = (prefix: string): Readonly<Record<string, null>> =>
  Object.fromEntries(markAnnotations(prefix).map((mark) => [mark, null]));

type Annotations = Readonly<Record<string, string>>;

/** What a run writes when it begins; one that begins a second time goes on from the first. */
export function markOfBegin(annotations: Annotations, prefix: string, run: string, nowMs: number): Annotations {
  const [inFlight, started] = [inFlightAnnotation(prefix), startedAnnotation(prefix)];
  const before = annotations[inFlight] === run ? tryParseSeconds(annotations[started]) : undefined;
  return { [inFlight]: run, [started]: String(before ?? Math.floor(nowMs / 1000)) };
}

/**
 * What the gauges must say besides that the run is in flight, from what the cluster keeps; undefined when it is not this
 * run that is. What cannot be read is not said.
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

/** When this run began; undefined when it did not, or when that cannot be read. */
export function startedAtMs(annotations: Annotations, prefix: string, run: string): number | undefined {
  return gaugesKept(annotations, prefix, run)?.startedAtMs ?? undefined;
}

/**
 * Why a step must not work towards `target`: the run that is in flight recorded another one. undefined: it recorded this
 * one, or the marks are not of this run. A run that is no upgrade writes none.
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
  return `This step was told to go to ${kubeTag(target)}, and ${run} recorded ${seen} when it began: an output of another step, or the record in ConfigMap k8s-upgrade/${RUN_STATE}, was changed. This step changed nothing. Find out who wrote it, then start a new run: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade`;
}

const tryParseSeconds = (text = ''): number | undefined => (/^\d{1,11}$/.test(text) ? Number(text) : undefined);
