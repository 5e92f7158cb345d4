import type { Construct } from 'constructs';
import { CronWorkflow } from './argo/objects.ts';
import { NAMESPACE, NIGHTLY, PART_OF, UPGRADE } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** Runs are kept by age (ttlStrategy); the counts must never be what ends them. A schedule can fire once a minute. */
const MOST_RUNS_PER_DAY = 24 * 60;

/** Starts the upgrade every night. */
export function nightlyWorkflow(scope: Construct, { nightly, history }: ClusterSettings): void {
  cronWorkflow(scope, { name: NIGHTLY, starts: UPGRADE, ...nightly }, history);
}

interface Schedule {
  readonly name: string;
  /** Name of a WorkflowTemplate. */
  readonly starts: string;
  readonly schedule: string;
  readonly timezone: string;
  readonly suspend: boolean;
  readonly startingDeadlineSeconds: number;
}

/** Only what Argo's `Strict` and `Secure` template referencing allows is set here. */
export function cronWorkflow(
  scope: Construct,
  { name, starts, schedule, timezone, suspend, startingDeadlineSeconds }: Schedule,
  { keepDays }: ClusterSettings['history'],
): void {
  const limit = MOST_RUNS_PER_DAY * keepDays;
  new CronWorkflow(scope, `${name}-cron`, {
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: PART_OF,
      annotations: {
        'argocd.argoproj.io/sync-wave': '1',
        // It owns the Workflows that it starts: deleting it would delete a running upgrade.
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      },
    },
    spec: {
      schedules: [schedule],
      timezone,
      // `suspend` is left to `argo cron suspend`, which no sync undoes: docs/decisions/0014-suspend-is-the-operators.md.
      ...(suspend ? { when: 'false' } : {}),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds,
      successfulJobsHistoryLimit: limit,
      failedJobsHistoryLimit: limit,
      workflowSpec: { workflowTemplateRef: { name: starts } },
    },
  });
}
