import { writeRunState, readLease, readMarks } from '../../contract/access.ts';
import { kubeVersion, text } from '../../contract/param.ts';
import { metricsInputs, type InputOf } from '../../contract/run-context.ts';
import { derived, from } from '../../contract/from-settings.ts';
import { cronJobOf } from '../../contract/snapshot-cron-job.ts';
import { snapshot as settings } from '../../settings/snapshot.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const snapshot = defineStep({
  name: 'snapshot',
  summary: 'Takes a snapshot of etcd by a Job made from a CronJob, and believes only a log that names it and its size.',
  inputs: {
    ...metricsInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.34.10' }),
    cronJobNamespace: derived(
      text({ doc: 'Namespace of the CronJob.', example: 'default' }),
      (settings) => cronJobOf(settings)?.namespace ?? 'none',
    ),
    cronJobName: derived(
      text({ doc: 'Name of the CronJob.', example: 'backup-etcd' }),
      (settings) => cronJobOf(settings)?.name ?? 'none',
    ),
    ...from(settings, 'container', 'logPattern', 'minimumBytes', 'timeoutSeconds'),
  },
  // A mark of the run as well, where a rollback finds it.
  outputs: { snapshotPath: text({ doc: 'Where the snapshot is.', example: '/backup/etcd-2026-11-24.db' }) },
  when: ['snapshot'],
  access: [
    readLease,
    { apiGroup: 'batch', resources: ['cronjobs'], verbs: ['get'], scope: 'snapshot-namespace' },
    { apiGroup: 'batch', resources: ['jobs'], verbs: ['list', 'create'], scope: 'snapshot-namespace' },
    { apiGroup: '', resources: ['pods'], verbs: ['list'], scope: 'snapshot-namespace' },
    { apiGroup: '', resources: ['pods/log'], verbs: ['get'], scope: 'snapshot-namespace' },
    ...readMarks,
    writeRunState,
  ],
  ssh: false,
  // The API servers may be away for 600 s.
  deadline: { seconds: 900, plus: ['timeoutSeconds'] },
});

export type SnapshotInput = Pick<InputOf<typeof snapshot>, 'container' | 'logPattern' | 'minimumBytes'>;
