import { expect } from 'chai';
import { buildFence } from '../../../src/steps/guards/fence.ts';
import { besideKured, fencedKured, NO_KURED } from '../../../src/steps/guards/kured.ts';
import { formatKuredLock, KURED_LOCK_HOURS } from '../../../src/run/kured-lock.ts';
import { ME, OTHER } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const ROLLING = '{"nodeID":"w3","created":"2026-11-24T00:40:00Z","TTL":0}';
const WISH = { node: 'w1', kuredWaitSeconds: 300 };

describe('a node beside kured', () => {
  let [clock, kured, said] = [new FakeClock(), new FakeKured(), [] as string[]];
  beforeEach(() => {
    [clock, kured, said] = [new FakeClock(), new FakeKured(), []];
  });
  const hold = (by = kured as Parameters<typeof besideKured>[0]['kured']): Promise<void> =>
    besideKured({ kured: by, clock, me: ME, log: (line) => said.push(line) }, WISH);
  const ours = (atMs = clock.now()): string => formatKuredLock(ME, atMs, 1);

  it('is begun under the lock of its run, which is left as it is', async () => {
    kured.set(ours());
    await hold();
    expect([kured.lock, said]).to.deep.equal([ours(), ['The lock of kured is held by this run.']]);
  });

  // `argo retry` of a drain that failed two days ago: the lock has run out, and admit is not run again.
  it('takes the lock again that ran out since the run began', async () => {
    const begun = ours();
    kured.set(begun);
    await clock.sleep(KURED_LOCK_HOURS * 3600 + 1);
    await hold();
    expect(kured.lock).to.equal(ours());
    expect(said).to.deep.equal([
      'Holding the lock of kured, so that it rolls no node.',
      'The lock of kured is held by this run.',
    ]);
  });

  it('waits while kured rolls a node, and takes the lock once it is given back', async () => {
    kured.set(ROLLING);
    clock.after(60, () => {
      kured.set(undefined);
    });
    await hold();
    expect(kured.lock).to.equal(ours());
    expect(said[0]).to.match(/^w1 waits for up to 300 s: kured rolls w3 since 2026-11-24 00:40 UTC: /);
  });

  it('leaves the node as it is when kured does not come to an end', async () => {
    kured.set(ROLLING);
    const failure = await failureOf(hold());
    if (failure === 'it went well') throw new Error(failure);
    expect(failure.exitCode).to.equal(77);
    expect(failure.message).to.match(/^w1 was left as it is: waited 300 s, and kured rolls w3 since /);
    expect(kured.lock).to.equal(ROLLING);
  });

  it('does not write over kured that was faster', async () => {
    kured.beforeNextWrite = () => {
      kured.set(ROLLING);
    };
    expect(await failureOf(hold())).to.include({ exitCode: 77 });
    expect(kured.lock).to.equal(ROLLING);
  });

  it('takes nothing for a run that has lost its Lease', async () => {
    const lease = new FakeLease();
    await lease.write(undefined, OTHER, clock.now());
    expect(await failureOf(hold(fencedKured(kured, buildFence(lease, ME))))).to.include({ exitCode: 77 });
    expect(kured.lock).to.equal(undefined);
  });

  it('is begun where there is no kured, or it is none of our business', async () => {
    await hold(FakeKured.none());
    await hold(NO_KURED);
    expect(new Set(said)).to.deep.equal(new Set(['The cluster has no kured.']));
  });
});
