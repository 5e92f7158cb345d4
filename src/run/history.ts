import type { RunEnd } from '../signals/gauges.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';

/** A run whose Workflow Argo still keeps. */
export interface KeptRun {
  /** Name of the Workflow. */
  readonly name: string;
  readonly startedAtMs: number;
  /** undefined while the run is in progress or pending. */
  readonly endedAtMs: number | undefined;
  /** Whether Argo reports success. */
  readonly succeeded: boolean;
  /** The outcome that the exit handler reported; undefined without a report. */
  readonly outcome: RunEnd | undefined;
  readonly target: KubeVersion | undefined;
  /** When the run's check for the newest version succeeded as a whole; undefined when it did not. */
  readonly checkedAtMs: number | undefined;
}

/**
 * Returns how the run ended, in a word or two. A run without a reported outcome was terminated, or belongs to a
 * workflow that reports none.
 */
export function endOf({ endedAtMs, succeeded, outcome }: KeptRun): RunEnd | 'under way' | 'ended well' {
  if (endedAtMs === undefined) return 'under way';
  return outcome ?? (succeeded ? 'ended well' : 'failed');
}

export const newestFirst = (runs: readonly KeptRun[]): readonly KeptRun[] =>
  [...runs].sort((a, b) => b.startedAtMs - a.startedAtMs || (a.name < b.name ? 1 : -1));

/** Returns the last successful check for the newest version. */
export const lastCheck = (runs: readonly KeptRun[]): { readonly run: string; readonly atMs: number } | undefined =>
  runs
    .flatMap(({ name: run, checkedAtMs: atMs }) => (atMs === undefined ? [] : [{ run, atMs }]))
    .sort((a, b) => b.atMs - a.atMs)
    .at(0);
