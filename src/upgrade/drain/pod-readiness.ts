import type { Labels } from '../kubernetes/label-selector.ts';

/** A pod, as far as counting who is ready is concerned. */
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

/** Work that ends by itself says nothing of the cluster: https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
const JOB_LABELS = ['batch.kubernetes.io/job-name', 'job-name'];

/** Pods that are there to stay: neither over, nor ending, nor of a Job or an Argo Workflow (so none of our own). */
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

/** Of a cluster without pods, every one is ready. */
export const ratioOf = ({ ready, all }: Share): number => (all === 0 ? 1 : ready / all);

/** `47 of 48 (0.97)`: rounded down, so that it never says more than there is. */
export const formatCount = (count: Share): string =>
  `${count.ready} of ${count.all} (${(Math.floor(ratioOf(count) * 100) / 100).toFixed(2)})`;

/**
 * What the ratio must be: the operator's share or, where the run found less, what it found. An upgrade is not to heal what
 * was ill before, and leaves nothing worse than that.
 */
export const neededRatio = (minimumPercent: number, before: Share | undefined): number =>
  Math.min(minimumPercent / 100, before === undefined ? 1 : ratioOf(before));

// ---- how many there were when the run began --------------------------------------------------------------------------

export const podsAnnotation = (prefix: string): string => `${prefix}pods-at-begin`;

export const formatPodsAtBegin = (run: string, { ready, all }: Share): string => JSON.stringify({ run, ready, all });

/** undefined when it is another run's, when nobody wrote it, or when it cannot be read: then the operator's share holds. */
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
