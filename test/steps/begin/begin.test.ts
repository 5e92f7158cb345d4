import { expect } from 'chai';
import { markInFlight, takeLease } from '../../../src/steps/begin/act.ts';
import { decide } from '../../../src/steps/begin/decide.ts';
import { observe, type BeginFacts } from '../../../src/steps/begin/observe.ts';
import { reconcile } from '../../../src/steps/harness/reconcile.ts';
import type { LeaseRecord, RunId } from '../../../src/steps/ports/lease.ts';
import { ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';

const PATIENCE = 120;
const heldBy = (holder: RunId | undefined): LeaseRecord => ({ holder, renewedAtMs: 0, revision: '7' });
const other = (state: 'running' | 'ended' | 'gone', ...livePods: string[]): BeginFacts => ({
  lease: heldBy(OTHER),
  other: { state, livePods },
});

describe('begin thinks', () => {
  const TABLE: readonly [string, BeginFacts, number, string, string][] = [
    [
      'takes the first Lease ever',
      { lease: undefined, other: undefined },
      0,
      'act',
      'Nobody holds the Lease: taking it.',
    ],
    [
      'takes a Lease that was given back',
      { lease: heldBy(undefined), other: undefined },
      0,
      'act',
      'Nobody holds the Lease: taking it.',
    ],
    [
      'is done when the Lease is its own (a retry)',
      { lease: heldBy(ME), other: undefined },
      0,
      'done',
      'The Lease is held by this run, k8s-upgrade-nightly-2.',
    ],
    [
      'never takes it from a run that is at work',
      other('running'),
      9999,
      'refuse',
      'The Lease k8s-upgrade is held by k8s-upgrade-nightly-1 (uid-of-other-run), which is still running. Wait for it, or stop it: argo stop -n k8s-upgrade k8s-upgrade-nightly-1',
    ],
    [
      'waits for the last pods of a run that has ended',
      other('ended', 'p1', 'p2'),
      119,
      'wait',
      'k8s-upgrade-nightly-1 has ended; waiting for its last pods to be gone: p1, p2.',
    ],
    [
      'waits for the pods of a run that was deleted, too',
      other('gone', 'p1'),
      0,
      'wait',
      'k8s-upgrade-nightly-1 has ended; waiting for its last pods to be gone: p1.',
    ],
    [
      'takes over from a run that has ended',
      other('ended'),
      0,
      'act',
      'k8s-upgrade-nightly-1 (ended) left the Lease behind: taking it over.',
    ],
    [
      'takes over from a run that is gone',
      other('gone'),
      0,
      'act',
      'k8s-upgrade-nightly-1 (gone) left the Lease behind: taking it over.',
    ],
    [
      'does not wait for ever: such a pod meets the fence',
      other('ended', 'p1'),
      120,
      'act',
      'k8s-upgrade-nightly-1 (ended) left the Lease behind: taking it over.',
    ],
  ];
  for (const [promise, facts, elapsed, kind, because] of TABLE)
    it(promise, () => {
      expect(decide(facts, ME, PATIENCE, elapsed)).to.include({ kind, because });
    });

  it('replaces exactly the record that it saw', () => {
    expect(decide(other('gone'), ME, PATIENCE, 0)).to.deep.include({ action: { take: heldBy(OTHER) } });
  });
});

describe('begin', () => {
  let [lease, runs, clock, said] = [new FakeLease(), new FakeRuns(), new FakeClock(), [] as string[]];
  beforeEach(() => {
    [lease, runs, clock, said] = [new FakeLease(), new FakeRuns(), new FakeClock(), []];
  });
  const begin = (me: RunId): Promise<void> =>
    reconcile(
      {
        observe: () => observe(lease, runs, me),
        decide: (facts, elapsed) => decide(facts, me, PATIENCE, elapsed),
        act: ({ take }) => takeLease(lease, take, me, clock),
      },
      clock,
      (line) => said.push(line),
    );
  const holder = async (): Promise<string | undefined> => (await lease.read())?.holder?.uid;

  it('takes the Lease and sees that it has it', async () => {
    await begin(ME);
    expect([await holder(), said]).to.deep.equal([
      ME.uid,
      ['Nobody holds the Lease: taking it.', 'The Lease is held by this run, k8s-upgrade-nightly-2.'],
    ]);
  });

  it('changes nothing the second time', async () => {
    await begin(ME);
    const before = await lease.read();
    await begin(ME);
    expect(await lease.read()).to.deep.equal(before);
  });

  it('waits for the pods of the run before, then takes over', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'ended');
    runs.addPod(OTHER, 'drain-1', true);
    clock.after(12, () => {
      runs.endPods(OTHER);
    });
    await begin(ME);
    expect([await holder(), clock.slept]).to.deep.equal([ME.uid, [5, 5, 5]]);
  });

  it('refuses beside a run at work, and leaves the Lease with it', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'running');
    expect(await failureOf(begin(ME))).to.include({ exitCode: 77 });
    expect(await holder()).to.equal(OTHER.uid);
  });

  it('gives way when another was faster between its look and its write', async () => {
    runs.set(OTHER, 'running');
    lease.beforeNextWrite = async () => lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(begin(ME))).to.include({ exitCode: 77 });
    expect(await holder()).to.equal(OTHER.uid);
  });

  it('takes over from its namesake of an earlier day', async () => {
    const earlier = { ...ME, uid: 'uid-of-its-namesake' };
    await lease.write(undefined, earlier, 0);
    runs.set(ME, 'running');
    await begin(ME);
    expect(await holder()).to.equal(ME.uid);
  });

  it('marks the namespace with the run and its target', async () => {
    const cluster = new FakeCluster();
    await markInFlight(cluster, 'argo-kubeadm-upgrade.io/', ME, TO);
    expect(cluster.annotations).to.deep.equal({
      'argo-kubeadm-upgrade.io/in-flight': 'k8s-upgrade-nightly-2',
      'argo-kubeadm-upgrade.io/target': '1.34.10',
    });
  });
});
