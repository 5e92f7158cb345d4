import type { RunEnd } from '../signals/gauges.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';

/** A run that Argo still keeps, as it looks from outside. */
export interface KeptRun {
  /** Of the Workflow. */
  readonly name: string;
  readonly startedAtMs: number;
  /** undefined while it is under way, or waits for its turn. */
  readonly endedAtMs: number | undefined;
  /** What Argo makes of it. */
  readonly succeeded: boolean;
  /** What its exit handler said; undefined where it did not get to say anything. */
  readonly outcome: RunEnd | undefined;
  readonly target: KubeVersion | undefined;
  /** When it had looked for the newest version, as a whole and successfully; undefined when it did not. */
  readonly checkedAtMs: number | undefined;
}

/** How it ended, in a word or two. A run whose exit handler never spoke was terminated, or is none that has ends of ours. */
export function endOf({ endedAtMs, succeeded, outcome }: KeptRun): RunEnd | 'under way' | 'ended well' {
  if (endedAtMs === undefined) return 'under way';
  return outcome ?? (succeeded ? 'ended well' : 'failed');
}

export const newestFirst = (runs: readonly KeptRun[]): readonly KeptRun[] =>
  [...runs].sort((a, b) => b.startedAtMs - a.startedAtMs || (a.name < b.name ? 1 : -1));

/** The last time that somebody looked for the newest version and all of it worked. */
export const lastCheck = (runs: readonly KeptRun[]): { readonly run: string; readonly atMs: number } | undefined =>
  runs
    .flatMap(({ name: run, checkedAtMs: atMs }) => (atMs === undefined ? [] : [{ run, atMs }]))
    .sort((a, b) => b.atMs - a.atMs)
    .at(0);
