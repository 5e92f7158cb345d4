import { writeRunState, readLease, readMarks } from '../../contract/access.ts';
import { count, kubeVersion, optional, seconds, text } from '../../contract/param.ts';
import { metricsInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const snapshot = defineStep({
  name: 'snapshot',
  summary: 'Takes a snapshot of etcd by a Job made from a CronJob, and believes only a log that names it and its size.',
  inputs: {
    ...metricsInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.34.10' }),
    cronJobNamespace: text({ doc: 'Namespace of the CronJob.', example: 'default' }),
    cronJobName: text({ doc: 'Name of the CronJob.', example: 'backup-etcd' }),
    container: optional(text({ doc: 'Container whose log is read; empty for the first one.', example: 'backup' })),
    logPattern: text({
      doc: 'Regular expression for the line that says that it is whole.',
      example: 'Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)',
    }),
    minimumBytes: count({ doc: 'A smaller snapshot is none.', example: '1024' }),
    timeoutSeconds: seconds({ doc: 'How long the Job may take.', example: '600' }),
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
