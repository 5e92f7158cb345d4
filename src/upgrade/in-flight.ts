import { baselineAnnotation } from './alert-news.ts';
import type { UpgradeGauges } from './gauges.ts';
import { podsAnnotation } from './pod-readiness.ts';
import { runStopAnnotation } from './run-stop.ts';

/** What our namespace says of the run under way. */
export const inFlightAnnotation = (prefix: string): string => `${prefix}in-flight`;
export const startedAnnotation = (prefix: string): string => `${prefix}started`;
export const snapshotAnnotation = (prefix: string): string => `${prefix}snapshot-path`;

export const targetAnnotation = (prefix: string): string => `${prefix}target`;

/** Everything that our namespace says of a run, in the order in which a person reads it. */
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

const tryParseSeconds = (text = ''): number | undefined => (/^\d{1,11}$/.test(text) ? Number(text) : undefined);
