import { begin } from '../../steps/begin/contract.ts';
import { finish } from '../../steps/finish/contract.ts';
import type { Operation } from '../../upgrade/operation.ts';
import { workflowField, workflowOutput, type Arg } from '../argo/ref.ts';
import type { ClusterSettings } from '../settings.ts';
import { stepTemplate } from '../step-template.ts';
import { ALWAYS } from '../steps.ts';

/** Takes the Lease for an operation. Maintenance windows and preflight do not hold an operation back. */
export const beginOperation = (settings: ClusterSettings) =>
  stepTemplate(begin, {
    settings,
    global: true,
    fixed: {
      preflightVerdict: 'clear',
      preflightMessage: 'No upgrade begins: preflight was not asked.',
      target: undefined,
    },
    instead: ALWAYS,
  });

/** The exit handler of an operation. `only`: the nodes that the operation is about; empty for an operation on the cluster. */
export const finishOperation = (
  settings: ClusterSettings,
  operation: Exclude<Operation, 'upgrade'>,
  only: Arg<readonly string[]> = [],
) =>
  stepTemplate(finish, {
    settings,
    fixed: {
      status: workflowField('status'),
      ...NO_UPGRADE,
      errand: operation,
      result: workflowOutput('result'),
      target: operation === 'rollback' ? workflowOutput('target') : undefined,
      beginVerdict: workflowOutput('beginVerdict'),
      beginMessage: workflowOutput('beginMessage'),
      only,
    },
  });

/** What only an upgrade tells its exit handler. */
const NO_UPGRADE = {
  verdict: undefined,
  reason: undefined,
  gateVerdict: undefined,
  gateMessage: undefined,
  approval: undefined,
  planVerdict: undefined,
  planDigest: undefined,
  planMessage: undefined,
  gateAgainVerdict: undefined,
  gateAgainMessage: undefined,
  podsReady: undefined,
  detectionDryRun: false,
};
