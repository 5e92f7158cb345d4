import { memoizedRun } from '../../run/rerun.ts';
import type { RunId, RunsPort } from '../ports/lease.ts';
import { refused } from '../runtime/step-error.ts';

/** Throws `Refused` in a run of `argo resubmit --memoized`. Comes before the fence, whose message would mislead there. */
export async function notMemoized(runs: Pick<RunsPort, 'isMemoized'>, me: RunId): Promise<void> {
  if (await runs.isMemoized(me)) throw refused(memoizedRun(me.name));
}
