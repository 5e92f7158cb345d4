import type { Labels } from '../kubernetes/label-selector.ts';

/** The fields of a pod that decide whether it counts as ready. */
export interface CountedPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly workflow: string | undefined;
}

export interface PodCount {
  readonly ready: number;
  readonly all: number;
  /** `namespace/name`, sorted. */
  readonly notReady: readonly string[];
}

/**
 * A pod that ends by itself says nothing about the cluster:
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
const JOB_LABELS = ['batch.kubernetes.io/job-name', 'job-name'];

/**
 * Counts long-running pods. It excludes pods that ended or are terminating, and pods of a Job or an Argo Workflow,
 * which include this project's own.
 */
export function countPods(pods: readonly CountedPod[]): PodCount {
  const counted = pods.filter(isToStay);
  const notReady = counted.filter(({ ready }) => !ready).map(({ namespace, name }) => `${namespace}/${name}`);
  return { ready: counted.length - notReady.length, all: counted.length, notReady: notReady.sort() };
}

const isToStay = ({ phase, terminating, workflow, labels }: CountedPod): boolean =>
  phase !== 'Succeeded' &&
  phase !== 'Failed' &&
  !terminating &&
  workflow === undefined &&
  JOB_LABELS.every((label) => labels[label] === undefined);

type Share = Pick<PodCount, 'ready' | 'all'>;

/** Returns the share of ready pods from 0 to 1; 1 in a cluster without pods. */
export const ratioOf = ({ ready, all }: Share): number => (all === 0 ? 1 : ready / all);

/** Returns `47 of 48 (0.97)`. The ratio is rounded down, so that it never overstates. */
export const formatCount = (count: Share): string =>
  `${count.ready} of ${count.all} (${(Math.floor(ratioOf(count) * 100) / 100).toFixed(2)})`;

/**
 * Returns the required ratio: the operator's share or, when the run began with less, the ratio at its begin. An upgrade
 * does not have to repair earlier damage, and must not make it worse.
 */
export const neededRatio = (minimumPercent: number, before: Share | undefined): number =>
  Math.min(minimumPercent / 100, before === undefined ? 1 : ratioOf(before));

// ---- how many there were when the run began --------------------------------------------------------------------------

export const podsAnnotation = (prefix: string): string => `${prefix}pods-at-begin`;

export const formatPodsAtBegin = (run: string, { ready, all }: Share): string => JSON.stringify({ run, ready, all });

/**
 * undefined when another run wrote the annotation, when it is missing, or when it cannot be read. Then the operator's
 * share applies.
 */
export function podsAtBegin(
  annotations: Readonly<Record<string, string>>,
  prefix: string,
  run: string,
): Share | undefined {
  try {
    const said = Object(JSON.parse(annotations[podsAnnotation(prefix)] ?? '')) as Record<string, unknown>;
    const { run: whose, ready, all } = said;
    if (whose !== run || !isCount(ready) || !isCount(all) || ready > all) return undefined;
    return { ready, all };
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
