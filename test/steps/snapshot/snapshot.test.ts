import { expect } from 'chai';
import { fencedSnapshots, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import type { SnapshotJob } from '../../../src/steps/ports/snapshots.ts';
import { record, startJob } from '../../../src/steps/snapshot/act.ts';
import { decide, type StartJob } from '../../../src/steps/snapshot/decide.ts';
import { SnapshotWatch, type SnapshotFacts } from '../../../src/steps/snapshot/observe.ts';
import { gaugesAtBegin } from '../../../src/signals/gauges.ts';
import { ME } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';
import { FakeSnapshots } from '../../support/fakes/snapshots.ts';

const CRON_JOB = { namespace: 'default', name: 'backup-etcd' };
const PLACE = {
  ...{ cronJob: CRON_JOB, container: undefined, minimumBytes: 1024 },
  logPattern: 'Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)',
};
const PREFIX = 'argo-kubeadm-upgrade.io/';
const GOOD = 'starting\nBackup done: /backup/etcd.db (4096 bytes)\n';
const JOB = `backup-etcd-${ME.uid}-1`;
const REFUSAL = 'No snapshot of etcd was taken, so no node was changed: ';
const AGAIN = '. The next scheduled run tries again.';

describe('snapshot', () => {
  let snapshots: FakeSnapshots;
  let clock: FakeClock;
  let cluster: FakeCluster;
  let gauges: FakeGauges;
  let lines: string[];
  let holdsLease: boolean;
  beforeEach(() => {
    [snapshots, clock, cluster, gauges, lines] = [
      new FakeSnapshots(),
      new FakeClock(),
      new FakeCluster(),
      new FakeGauges(),
      [],
    ];
    snapshots.addCronJob(CRON_JOB);
    holdsLease = true;
  });

  const fence = async (): Promise<void> => {
    if (!holdsLease) throw refused('the fence');
  };
  async function run(): Promise<void> {
    const watch = new SnapshotWatch(snapshots, PLACE, ME.uid);
    const writes = fencedSnapshots(snapshots, fence);
    const loop = {
      observe: () => watch.observe(),
      decide: (facts: SnapshotFacts, seconds: number) => decide(facts, CRON_JOB, 600, seconds),
      act: (job: StartJob) => startJob(job, { writes, cronJob: CRON_JOB, run: ME.uid, watch }),
    };
    const taken = await reconcile(loop, clock, (line) => lines.push(line));
    await record(taken, { writes: fencedWrites(cluster, fence), gauges, prefix: PREFIX, clock });
  }
  async function refusal(): Promise<string> {
    const failed = await failureOf(run());
    return typeof failed === 'string' ? failed : failed.message;
  }

  it('makes a Job, waits for it, and keeps where the snapshot is', async () => {
    clock.after(60, () => {
      snapshots.end(ME.uid, 1, 'succeeded', GOOD);
    });
    await gauges.upgrade(gaugesAtBegin(clock.now()));
    await run();
    expect(lines).to.deep.equal([
      'Making a Job of CronJob default/backup-etcd.',
      `Job default/${JOB} is active.`,
      `Job default/${JOB} took /backup/etcd.db, 4096 bytes.`,
    ]);
    expect(cluster.marks).to.deep.equal({ [`${PREFIX}snapshot-path`]: '/backup/etcd.db' });
    expect(gauges.lines).to.include.members(['k8s_upgrade_snapshot_taken 1', 'k8s_upgrade_in_flight 1']);
  });

  it('attaches to the Job that is at work, and never makes two', async () => {
    clock.after(30, () => {
      snapshots.end(ME.uid, 1, 'succeeded', GOOD);
    });
    await snapshots.start(CRON_JOB, ME.uid, 1);
    await run();
    await run();
    expect(snapshots.started).to.deep.equal([`${ME.uid} 1`]);
  });

  /** Each stops the run before any node is touched. */
  const STOPS: readonly [string, Parameters<FakeSnapshots['end']>[2], string, string][] = [
    [
      'a Job that fails',
      'failed',
      'Backup done: /backup/etcd.db (4096 bytes)',
      `Job default/${JOB} failed: Job has reached the specified backoff limit. See why: kubectl -n default describe job ${JOB}`,
    ],
    [
      'a snapshot that is cut short',
      'succeeded',
      'Backup done: /backup/etcd.db (1023 bytes)',
      `Job default/${JOB} succeeded, and the snapshot /backup/etcd.db has 1023 bytes, expected at least 1024. See it: kubectl -n default describe job ${JOB}`,
    ],
    [
      'a log that does not say that it is done',
      'succeeded',
      'line 1\nno space left on device\n',
      `Job default/${JOB} succeeded, and its log has no line that fits Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\); it ends with: line 1 / no space left on device. See it: kubectl -n default describe job ${JOB}`,
    ],
    [
      'an empty log',
      'succeeded',
      '',
      `Job default/${JOB} succeeded, and its log has no line that fits Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\); it ends with: nothing, it is empty. See it: kubectl -n default describe job ${JOB}`,
    ],
  ];
  for (const [what, state, log, logLine] of STOPS)
    it(`stops the run on ${what}`, async () => {
      const because = state === 'failed' ? 'Job has reached the specified backoff limit' : '';
      clock.after(30, () => {
        snapshots.end(ME.uid, 1, state, log, because);
      });
      expect(await refusal()).to.equal(`${REFUSAL}${logLine}${AGAIN}`);
      expect(cluster.writes).to.deep.equal([]);
      expect(gauges.lines).to.deep.equal([]);
    });

  it('stops the run on a CronJob that is not there', async () => {
    snapshots = new FakeSnapshots();
    expect(await refusal()).to.equal(
      `${REFUSAL}there is no CronJob default/backup-etcd. Name the one that backs up etcd in snapshot.cronJob${AGAIN}`,
    );
  });

  it('stops the run when the Job takes too long, and leaves it at work', async () => {
    expect(await refusal()).to.equal(
      `${REFUSAL}Job default/${JOB} did not finish within 600 s. See what it does: kubectl -n default describe job ${JOB}${AGAIN}`,
    );
  });

  it('says what keeps the Job from running', () => {
    const job: SnapshotJob = { name: 'j', attempt: 1, state: 'active', because: '0/3 nodes are available' };
    const facts = { job, snapshot: undefined, endedBefore: false, noCronJob: false };
    expect(decide(facts, CRON_JOB, 600, 10)).to.deep.equal({
      ...{ kind: 'wait', seconds: 5, because: 'Job default/j is active: 0/3 nodes are available.' },
    });
    expect(decide({ ...facts, job: undefined }, CRON_JOB, 600, 600)).to.deep.equal({
      kind: 'refuse',
      because: `${REFUSAL}the Job that was made of CronJob default/backup-etcd has not been seen for 600 s${AGAIN}`,
    });
  });

  it('makes a new attempt when the step is run again after a failure, and only one', async () => {
    snapshots.onStart = () => ({ state: 'failed' });
    await refusal();
    expect(snapshots.started).to.deep.equal([`${ME.uid} 1`]);
    await refusal();
    expect(snapshots.started).to.deep.equal([`${ME.uid} 1`, `${ME.uid} 2`]);
    snapshots.onStart = () => ({ state: 'succeeded', log: GOOD });
    await run();
    expect(snapshots.started).to.have.length(3);
    await run();
    expect(snapshots.started).to.have.length(3);
  });

  it('makes nothing without the Lease', async () => {
    holdsLease = false;
    expect(await refusal()).to.equal('the fence');
    expect(snapshots.started).to.deep.equal([]);
  });
});
