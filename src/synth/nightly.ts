import type { Construct } from 'constructs';
import { CronWorkflow } from './argo/objects.ts';
import { NAMESPACE, NIGHTLY, PART_OF, UPGRADE } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** Runs are kept by age (ttlStrategy); the counts must never be what ends them. A schedule can fire once a minute. */
const MOST_RUNS_PER_DAY = 24 * 60;

/** Starts the upgrade every night. Only what Argo's `Strict` and `Secure` template referencing allows is set here. */
export function nightlyWorkflow(scope: Construct, { nightly, history }: ClusterSettings): void {
  const limit = MOST_RUNS_PER_DAY * history.keepDays;
  new CronWorkflow(scope, NIGHTLY, {
    metadata: {
      name: NIGHTLY,
      namespace: NAMESPACE,
      labels: PART_OF,
      annotations: {
        'argocd.argoproj.io/sync-wave': '1',
        // It owns the Workflows that it starts: deleting it would delete a running upgrade.
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      },
    },
    spec: {
      schedules: [nightly.schedule],
      timezone: nightly.timezone,
      // `suspend` is left to `argo cron suspend`, which no sync undoes: docs/decisions/0014-suspend-is-the-operators.md.
      ...(nightly.suspend ? { when: 'false' } : {}),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: nightly.startingDeadlineSeconds,
      successfulJobsHistoryLimit: limit,
      failedJobsHistoryLimit: limit,
      workflowSpec: { workflowTemplateRef: { name: UPGRADE } },
    },
  });
}
