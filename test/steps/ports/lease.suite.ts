import { expect } from 'chai';
import type { LeasePort, RunId, RunsPort } from '../../../src/steps/ports/lease.ts';

export interface LeaseWorld {
  readonly lease: LeasePort;
  end(): Promise<void>;
}

const ME: RunId = { uid: 'uid-of-mine', name: 'k8s-upgrade-nightly-1' };
const OTHER: RunId = { uid: 'uid-of-other', name: 'k8s-upgrade-nightly-2' };
const AT_ONE = Date.UTC(2026, 10, 24, 1, 0, 0, 123);

export function describeLease(name: string, make: () => Promise<LeaseWorld>): void {
  describe(`LeasePort: ${name}`, () => {
    let world: LeaseWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('knows of none before one was made', async () => {
      expect(await world.lease.read()).to.equal(undefined);
    });

    it('is made with its holder and the time, to the millisecond', async () => {
      expect(await world.lease.write(undefined, ME, AT_ONE)).to.equal(true);
      expect(await world.lease.read()).to.deep.include({ holder: ME, renewedAtMs: AT_ONE });
    });

    it('is made by one only', async () => {
      await world.lease.write(undefined, ME, AT_ONE);
      expect(await world.lease.write(undefined, OTHER, AT_ONE + 1)).to.equal(false);
      expect(await world.lease.read()).to.deep.include({ holder: ME });
    });

    it('is renewed by whoever has seen its last state', async () => {
      await world.lease.write(undefined, ME, AT_ONE);
      expect(await world.lease.write(await world.lease.read(), ME, AT_ONE + 5)).to.equal(true);
      expect(await world.lease.read()).to.deep.include({ holder: ME, renewedAtMs: AT_ONE + 5 });
    });

    it('is not written over what was not seen', async () => {
      await world.lease.write(undefined, ME, AT_ONE);
      const seen = await world.lease.read();
      await world.lease.write(seen, ME, AT_ONE + 1);
      expect(await world.lease.write(seen, OTHER, AT_ONE + 2)).to.equal(false);
      expect(await world.lease.read()).to.deep.include({ holder: ME, renewedAtMs: AT_ONE + 1 });
    });

    it('is released and taken by another', async () => {
      await world.lease.write(undefined, ME, AT_ONE);
      expect(await world.lease.write(await world.lease.read(), undefined, AT_ONE + 1)).to.equal(true);
      expect(await world.lease.read()).to.deep.include({ holder: undefined });
      expect(await world.lease.write(await world.lease.read(), OTHER, AT_ONE + 2)).to.equal(true);
      expect(await world.lease.read()).to.deep.include({ holder: OTHER });
    });
  });
}

export interface RunsWorld {
  readonly runs: RunsPort;
  /** A Workflow that is under way; what is returned carries its real UID. */
  addRun(name: string): Promise<RunId>;
  endRun(run: RunId): Promise<void>;
  /** An attempt of a step fails with exit code 77 at worker-1: `no room`. `for good`: there is no other. */
  failStep(run: RunId, how: 'one attempt' | 'for good'): Promise<void>;
  /** As `argo resubmit` leaves it; memoized: with the finished steps of the run before. */
  resubmit(run: RunId, how: 'plain' | 'memoized'): Promise<void>;
  /** A step of it ends after two attempts and 90 s; one step of its exit handler is over as well. */
  endStep(run: RunId, phase: string, node: string): Promise<void>;
  removeRun(run: RunId): Promise<void>;
  addPod(run: RunId, name: string, phase: 'Running' | 'Succeeded'): Promise<void>;
  /** The scheduler tells what became of a pod, as an Event; later calls are later Events. */
  scheduler(pod: string, reason: 'FailedScheduling' | 'Scheduled', message: string): Promise<void>;
  end(): Promise<void>;
}

export function describeRuns(name: string, make: () => Promise<RunsWorld>): void {
  describe(`RunsPort: ${name}`, () => {
    let world: RunsWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('tells a run that is under way from one that has ended and one that is gone', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.state(run)).to.equal('running');
      await world.endRun(run);
      expect(await world.runs.state(run)).to.equal('ended');
      await world.removeRun(run);
      expect(await world.runs.state(run)).to.equal('gone');
    });

    it('does not take a later run of the same name for the one that was asked for', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.state({ ...run, uid: 'uid-of-an-earlier-one' })).to.equal('gone');
    });

    it('tells a run of which something has failed for good, not one of which an attempt has', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.hasFailed(run)).to.equal(false);
      await world.failStep(run, 'one attempt');
      expect(await world.runs.hasFailed(run)).to.equal(false);
      await world.failStep(run, 'for good');
      expect(await world.runs.hasFailed(run)).to.equal(true);
      expect(await world.runs.hasFailed({ ...run, uid: 'uid-of-an-earlier-one' })).to.equal(false);
    });

    it('names what has failed of a run, attempts included, and nothing of another run', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.failures(run)).to.deep.equal([]);
      await world.failStep(run, 'one attempt');
      expect(await world.runs.failures(run)).to.deep.equal([
        { displayName: 'Pod', message: 'no room', finishedAtMs: undefined, exitCode: 77, node: 'worker-1' },
      ]);
      expect(await world.runs.failures({ ...run, uid: 'uid-of-an-earlier-one' })).to.deep.equal([]);
    });

    it('tells a run that took over the finished steps of another from one that began anew', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.isMemoized(run)).to.equal(false);
      await world.resubmit(run, 'plain');
      expect(await world.runs.isMemoized(run)).to.equal(false);
      await world.resubmit(run, 'memoized');
      expect(await world.runs.isMemoized(run)).to.equal(true);
      expect(await world.runs.isMemoized({ ...run, uid: 'uid-of-an-earlier-one' })).to.equal(false);
    });

    it('knows the steps of a run that have ended, their attempts together, and none of another run', async () => {
      const run = await world.addRun('nightly-1');
      expect(await world.runs.tasks(run)).to.deep.equal([]);
      await world.endStep(run, 'drain', 'worker-1');
      expect(await world.runs.tasks(run)).to.deep.equal([{ phase: 'drain', node: 'worker-1', seconds: 90 }]);
      expect(await world.runs.tasks({ ...run, uid: 'uid-of-an-earlier-one' })).to.deep.equal([]);
    });

    it('names the pods of a run that may be at work, and no other', async () => {
      const run = await world.addRun('nightly-1');
      const other = await world.addRun('nightly-2');
      await world.addPod(run, 'step-2', 'Running');
      await world.addPod(run, 'step-1', 'Succeeded');
      await world.addPod(other, 'step-3', 'Running');
      expect(await world.runs.livePods(run)).to.deep.equal(['step-2']);
    });

    it('says of each pod of the run that found no node what the scheduler said last', async () => {
      const run = await world.addRun('nightly-1');
      await world.scheduler('nightly-1-drain-2', 'FailedScheduling', 'none is available');
      await world.scheduler('nightly-1-admit-1', 'FailedScheduling', 'none is there');
      await world.scheduler('nightly-1-admit-1', 'FailedScheduling', 'none tolerates it');
      await world.scheduler('nightly-1-verify-3', 'FailedScheduling', 'not yet');
      await world.scheduler('nightly-1-verify-3', 'Scheduled', 'to w1');
      await world.scheduler('other-1-admit-1', 'FailedScheduling', 'none is there');
      expect(await world.runs.unscheduled(run)).to.deep.equal([
        { pod: 'nightly-1-admit-1', because: 'none tolerates it' },
        { pod: 'nightly-1-drain-2', because: 'none is available' },
      ]);
    });
  });
}
