import { begin } from '../../steps/begin/contract.ts';
import { finishOperation } from '../../steps/finish-operation/contract.ts';
import type { Operation } from '../../upgrade/operation.ts';
import { workflowField, workflowOutput, type Arg } from '../argo/ref.ts';
import type { ClusterSettings } from '../settings.ts';
import { stepTemplate } from '../step-template.ts';
import { ANY_TIME } from '../steps.ts';

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
    instead: ANY_TIME,
  });

/** The exit handler of an operation. `only`: the nodes that the operation is about; empty for an operation on the cluster. */
export const finishOf = (settings: ClusterSettings, operation: Operation, only: Arg<readonly string[]> = []) =>
  stepTemplate(finishOperation, {
    settings,
    fixed: {
      operation,
      status: workflowField('status'),
      result: workflowOutput('result'),
      target: operation === 'rollback' ? workflowOutput('target') : undefined,
      only,
      beginVerdict: workflowOutput('beginVerdict'),
      beginMessage: workflowOutput('beginMessage'),
    },
  });
