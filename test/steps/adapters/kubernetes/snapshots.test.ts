import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../../support/failure.ts';
import { asked, list, StandIn } from './stand-in.ts';

const CRON_JOB = { namespace: 'default', name: 'backup-etcd' };
const RUN = '2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11';
const cronJob = {
  metadata: { name: 'backup-etcd', namespace: 'default', uid: 'uid-of-cron-job' },
  spec: {
    schedule: '0 3 * * *',
    suspend: true,
    jobTemplate: {
      metadata: { labels: { app: 'backup' } },
      spec: { backoffLimit: 1, ttlSecondsAfterFinished: 0, template: { spec: { containers: [{ name: 'main' }] } } },
    },
  },
};
const job = (name: string, attempt: string, conditions: readonly object[] = []): object => ({
  metadata: { name, labels: { 'argo-kubeadm-upgrade.io/attempt': attempt } },
  status: { conditions },
});
const pod = (name: string, status: object): object => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main' }, { name: 'sidecar' }] },
  status,
});

describe('snapshots by the API server', () => {
  const api = new StandIn();

  it('are Jobs made as by hand, that outlive the reading of their log and are not counted by the CronJob', async () => {
    api.server.answers.push(ok(cronJob), ok({}));
    expect(await api.kubernetes.snapshots.start(CRON_JOB, RUN, 2)).to.equal('started');
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /apis/batch/v1/namespaces/default/cronjobs/backup-etcd',
      'POST /apis/batch/v1/namespaces/default/jobs',
    ]);
    expect(api.last().body).to.deep.equal({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'backup-etcd-2f0a3c1e8f57-2',
        namespace: 'default',
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup-etcd', uid: 'uid-of-cron-job' }],
        labels: { app: 'backup', 'argo-kubeadm-upgrade.io/run': RUN, 'argo-kubeadm-upgrade.io/attempt': '2' },
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
      },
      spec: {
        backoffLimit: 1,
        suspend: false,
        ttlSecondsAfterFinished: 172_800,
        template: {
          spec: {
            containers: [{ name: 'main' }],
            tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
          },
        },
      },
    });
  });

  it('run on a cordoned node too, with what the CronJob tolerates: it may be the only one', async () => {
    const { spec } = cronJob.spec.jobTemplate.spec.template;
    const tolerations = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }];
    const tolerant = { ...spec, tolerations };
    const jobTemplate = { ...cronJob.spec.jobTemplate, spec: { template: { spec: tolerant } } };
    api.server.answers.push(ok({ ...cronJob, spec: { jobTemplate } }), ok({}));
    await api.kubernetes.snapshots.start(CRON_JOB, RUN, 1);
    const { spec: job } = api.last().body as { spec: { template: { spec: { tolerations: { key: string }[] } } } };
    expect(job.template.spec.tolerations.map(({ key }) => key)).to.deep.equal([
      'node-role.kubernetes.io/control-plane',
      'node.kubernetes.io/unschedulable',
    ]);
  });

  it('are there once when somebody was faster', async () => {
    api.server.answers.push(ok(cronJob), failure(409, 'jobs.batch "backup-etcd-2f0a3c1e8f57-1" already exists'));
    expect(await api.kubernetes.snapshots.start(CRON_JOB, RUN, 1)).to.equal('started');
  });

  it('have a name that is no longer than a label may be, and still tells run and attempt', async () => {
    api.server.answers.push(ok(cronJob), ok({}));
    await api.kubernetes.snapshots.start({ namespace: 'default', name: `${'a'.repeat(47)}-bcde` }, RUN, 12);
    const { metadata } = api.last().body as { metadata: { name: string } };
    expect(metadata.name).to.equal(`${'a'.repeat(47)}-2f0a3c1e8f57-12`);
    expect(metadata.name.length).to.be.at.most(63);
  });

  it('are not made of a CronJob that is not there', async () => {
    api.server.answers.push(failure(404, 'cronjobs.batch "backup-etcd" not found'));
    expect(await api.kubernetes.snapshots.start(CRON_JOB, RUN, 1)).to.equal('no-cron-job');
  });

  it('show how they stand, in order, and what keeps one from running', async () => {
    const done = [{ type: 'Complete', status: 'True' }];
    const failed = [
      { type: 'FailureTarget', status: 'True', message: 'soon' },
      {
        type: 'Failed',
        status: 'True',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
      },
    ];
    api.server.answers.push(
      ok(list([job('c', '10'), job('a', '1', failed), job('b', '2', done)])),
      ok(
        list([
          pod('c-1', { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] }),
        ]),
      ),
    );
    expect(await api.kubernetes.snapshots.jobs(CRON_JOB, RUN)).to.deep.equal([
      { name: 'a', attempt: 1, state: 'failed', because: 'Job has reached the specified backoff limit' },
      { name: 'b', attempt: 2, state: 'succeeded', because: '' },
      { name: 'c', attempt: 10, state: 'active', because: '0/3 nodes are available' },
    ]);
    expect(api.server.requests.map(asked)).to.deep.equal([
      `GET /apis/batch/v1/namespaces/default/jobs?labelSelector=argo-kubeadm-upgrade.io/run=${RUN}&limit=500`,
      'GET /api/v1/namespaces/default/pods?labelSelector=job-name=c&limit=500',
    ]);
  });

  it('say which image cannot be pulled', async () => {
    const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } };
    api.server.answers.push(
      ok(list([job('a', '1')])),
      ok(list([pod('a-1', { containerStatuses: [{ state: waiting }] })])),
    );
    expect(await api.kubernetes.snapshots.jobs(CRON_JOB, RUN)).to.deep.equal([
      { name: 'a', attempt: 1, state: 'active', because: 'Back-off pulling image "x"' },
    ]);
  });

  it('are read from the pod that succeeded, its first container unless one is named', async () => {
    for (const container of [undefined, 'sidecar']) {
      api.server.answers.push(ok(list([pod('a-1', { phase: 'Failed' }), pod('a-2', { phase: 'Succeeded' })])), {
        ...{ status: 200, body: 'Backup done: /b (4096 bytes)\n' },
      });
      expect(await api.kubernetes.snapshots.log(CRON_JOB, 'a', container)).to.equal('Backup done: /b (4096 bytes)\n');
    }
    expect(api.server.requests.filter(({ path }) => path.endsWith('/log')).map(asked)).to.deep.equal([
      'GET /api/v1/namespaces/default/pods/a-2/log?container=main&limitBytes=4194304&tailLines=1000',
      'GET /api/v1/namespaces/default/pods/a-2/log?container=sidecar&limitBytes=4194304&tailLines=1000',
    ]);
  });

  // 2026-06-17: a missing pods/log verb aborted the snapshot check at night.
  it('name the verb that is missing when their log may not be read', async () => {
    api.server.answers.push(
      ok(list([pod('a-2', { phase: 'Succeeded' })])),
      ...Array.from({ length: 30 }, () => failure(403, 'pods "a-2" is forbidden')),
    );
    const failed = await failureOf(api.kubernetes.snapshots.log(CRON_JOB, 'a', undefined));
    expect(failed).to.have.property(
      'message',
      'may not get pods/log of default/a-2: HTTP 403: pods "a-2" is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    );
  });
});
