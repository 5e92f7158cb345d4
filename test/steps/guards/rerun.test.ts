import { expect } from 'chai';
import { notMemoized } from '../../../src/steps/guards/rerun.ts';
import { memoizedRun } from '../../../src/run/rerun.ts';
import { ME, OTHER } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeRuns } from '../../support/fakes/lease.ts';

describe('a memoized run', () => {
  it('is refused, and no other', async () => {
    const runs = new FakeRuns();
    runs.memoize(OTHER);
    await notMemoized(runs, ME);
    expect(await failureOf(notMemoized(runs, OTHER))).to.include({ exitCode: 77, message: memoizedRun(OTHER.name) });
  });
});
