import { expect } from 'chai';
import { nothing, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { decide } from '../../../src/steps/rehearse/decide.ts';
import { observe } from '../../../src/steps/rehearse/observe.ts';
import type { RehearseInput } from '../../../src/steps/rehearse/contract.ts';
import { aBudget } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeRehearsal } from '../../support/fakes/rehearsal.ts';

describe('rehearse', () => {
  let [cluster, clock, said] = [new FakeRehearsal(), new FakeClock(), [] as string[]];
  beforeEach(() => {
    [cluster, clock, said] = [new FakeRehearsal(), new FakeClock(), []];
    for (const node of ['cp1', 'w1', 'w2']) cluster.addRoom(node);
    cluster.addPod('w1', 'web');
  });

  const INPUT: RehearseInput = {
    controlPlanes: [{ name: 'cp1', role: 'first-control-plane' }],
    workers: [{ name: 'w1', role: 'worker' }],
    maxUnavailable: 1,
    namespace: 'k8s-upgrade',
    noRoom: 'refuse',
    deleteEmptyDirData: true,
    deleteUnmanagedPods: true,
    deleteDeadlocked: 'single',
  };
  const rehearse = (): Promise<undefined> =>
    reconcile(
      {
        observe: () => observe(cluster),
        decide: (readings, seconds) => decide(readings, INPUT, seconds),
        act: nothing,
      },
      clock,
      (line) => said.push(line),
    );
  const DEADLOCK = aBudget('web', { desiredHealthy: 2, disruptionsAllowed: 0 });

  it('says that nothing stands in the way', async () => {
    await rehearse();
    expect(said).to.deep.equal(['Nothing keeps cp1, w1 from being drained.']);
    expect(clock.slept).to.deep.equal([]);
  });

  it('goes on when what looked hopeless has passed within the minute', async () => {
    cluster.budgetList = [DEADLOCK];
    clock.after(30, () => {
      cluster.budgetList = [aBudget('web')];
    });
    await rehearse();
    expect(said).to.deep.equal([
      'Checking again for 60 s. Problems so far:\ndefault/web on w1: PodDisruptionBudget default/web can never allow its eviction: of 2 pods 2 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.',
      'Nothing keeps cp1, w1 from being drained.',
    ]);
  });

  it('refuses what lasts', async () => {
    cluster.budgetList = [DEADLOCK];
    expect(await failureOf(rehearse())).to.include({ exitCode: 77 });
    expect(clock.slept).to.deep.equal([10, 10, 10, 10, 10, 10]);
  });

  const QUESTIONS = ['nodes', 'pods', 'budgets', 'pinnedVolumes', 'namespaces', 'webhooks'] as const;
  for (const question of QUESTIONS)
    it(`refuses when it may not see ${question}`, async () => {
      cluster.forbidden.add(question);
      const failure = await failureOf(rehearse());
      expect((failure as { message: string }).message).to.match(
        /^No node was changed\. .+\nUnknown, so the run does not start: may not list .+: HTTP 403: forbidden\.$/,
      );
    });
});
