import { expect } from 'chai';
import { finish } from '../../../src/steps/finish/contract.ts';
import { notify, pushGauges } from '../../../src/steps/finish/act.ts';
import { observe } from '../../../src/steps/finish/observe.ts';
import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { gaugesAtBegin, RUN_ENDS, type RunEnd } from '../../../src/signals/gauges.ts';
import { ME, OTHER } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';

describe('finish, on the gauges', () => {
  let [gauges, lease, runs, clock, said] = [
    new FakeGauges(),
    new FakeLease(),
    new FakeRuns(),
    new FakeClock(),
    [] as string[],
  ];
  beforeEach(() => {
    [gauges, lease, runs, clock, said] = [new FakeGauges(), new FakeLease(), new FakeRuns(), new FakeClock(), []];
  });
  const end = async (outcome: RunEnd): Promise<readonly string[]> => {
    const facts = await observe(
      { cluster: new FakeCluster(), leases: lease, runs, kured: FakeKured.none(), clock },
      ME,
      {
        ...{ podName: 'finish-1', annotationPrefix: 'argo-kubeadm-upgrade.io/' },
      },
    );
    await pushGauges(facts, outcome, { gauges, log: (line) => said.push(line) }, clock.now());
    return gauges.lines.filter((line) => / 1$/.test(line));
  };
  const begun = (): Promise<void> => gauges.upgrade({ ...gaugesAtBegin(clock.now()), snapshotTaken: true });

  const TABLE: readonly [RunEnd, readonly string[]][] = [
    ['upgraded', []],
    ['nothing-to-do', []],
    ['blocked', ['k8s_upgrade_blocked 1', 'k8s_upgrade_snapshot_taken 1']],
    ['held', ['k8s_upgrade_held 1', 'k8s_upgrade_snapshot_taken 1']],
    ['refused', ['k8s_upgrade_snapshot_taken 1']],
    ['detected', ['k8s_upgrade_snapshot_taken 1']],
    ['paused', ['k8s_upgrade_snapshot_taken 1']],
    ['halted', ['k8s_upgrade_snapshot_taken 1']],
    ['failed', ['k8s_upgrade_failed 1', 'k8s_upgrade_snapshot_taken 1']],
    ['done', ['k8s_upgrade_snapshot_taken 1']],
  ];
  for (const [outcome, raised] of TABLE)
    it(`${outcome}: 1 is ${raised.join(' and ') || 'nothing'}`, async () => {
      await begun();
      expect(await end(outcome)).to.deep.equal(raised);
    });

  it('has a line above for every outcome', () => {
    expect(TABLE.map(([outcome]) => outcome)).to.have.members([...RUN_ENDS]);
    expect(finish.outputs.outcome.choices).to.deep.equal(RUN_ENDS);
  });

  it('says failed of a run that never got as far as the Lease', async () => {
    expect(await end('failed')).to.deep.equal(['k8s_upgrade_failed 1']);
  });

  it('says failed although an ended run left the Lease behind', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'ended');
    expect(await end('failed')).to.deep.equal(['k8s_upgrade_failed 1']);
  });

  it('says failed although the Lease is of a run that is gone', async () => {
    await lease.write(undefined, OTHER, 0);
    expect(await end('failed')).to.deep.equal(['k8s_upgrade_failed 1']);
  });

  it('takes nothing off the gauges of another run that is at work', async () => {
    await lease.write(undefined, OTHER, 0);
    runs.set(OTHER, 'running');
    await begun();
    expect(await end('failed')).to.deep.equal(['k8s_upgrade_in_flight 1', 'k8s_upgrade_snapshot_taken 1']);
    expect(said).to.deep.equal(['Another run holds the Lease and is in progress, so this step pushes no gauges.']);
  });

  describe('of how long it took', () => {
    const tell = async (): Promise<void> => {
      const facts = await observe(
        { cluster: new FakeCluster(), leases: lease, runs, kured: FakeKured.none(), clock },
        ME,
        {
          ...{ podName: 'finish-1', annotationPrefix: 'argo-kubeadm-upgrade.io/' },
        },
      );
      const result = { outcome: 'upgraded', message: 'Upgraded.', release: undefined, clear: false } as const;
      const about = { clusterName: 'prod', runName: ME.name, namespace: 'k8s-upgrade', target: undefined };
      const chat = { tell: async (): Promise<void> => undefined };
      const notifiers = { gauges, chat, log: (line: string) => said.push(line) };
      await notify(facts, result, notifiers, { ...about, argoUiUrl: undefined }, clock.now());
    };
    const lastRun = (): readonly string[] =>
      gauges.lines.filter((line) => /last_run_result.* 1$|duration_seconds/.test(line) && !line.includes('check'));

    it('says how it ended, and the time in each phase and for each node', async () => {
      runs.done.set(ME.uid, [
        { phase: 'detect', node: undefined, seconds: 9 },
        { phase: 'drain', node: 'w1', seconds: 61 },
      ]);
      await tell();
      expect(lastRun()).to.deep.equal([
        'k8s_upgrade_last_run_result{result="upgraded"} 1',
        'k8s_upgrade_node_duration_seconds{node="w1"} 61',
        'k8s_upgrade_phase_duration_seconds{phase="detect"} 9',
        'k8s_upgrade_phase_duration_seconds{phase="drain"} 61',
      ]);
    });

    it('says how it ended although Argo does not tell what it did', async () => {
      runs.tasks = () => Promise.reject(tryAgain('could not get workflow for 600 s'));
      await tell();
      expect(lastRun()).to.deep.equal(['k8s_upgrade_last_run_result{result="upgraded"} 1']);
      expect(said).to.deep.equal(['How long its steps took is not known: could not get workflow for 600 s']);
    });

    it('takes nothing off another run that is at work', async () => {
      await lease.write(undefined, OTHER, 0);
      runs.set(OTHER, 'running');
      await tell();
      expect(lastRun()).to.deep.equal([]);
    });
  });

  it('speaks for itself while it holds the Lease', async () => {
    await lease.write(undefined, ME, 0);
    runs.set(ME, 'running');
    await begun();
    expect(await end('upgraded')).to.deep.equal([]);
    expect(said).to.deep.equal([]);
  });
});
