import { oneOf, text } from '../contract/param.ts';
import { APPROVAL, APPROVAL_OUTPUT, DECISIONS, NO_DECISION } from '../run/approval.ts';
import type { Callable } from './argo/dag.ts';
import type { ClusterSettings } from './settings.ts';

const inputs = {
  plan: text({ doc: 'What would be done, node by node, and how to approve or reject it.', example: '1. cp1' }),
  digest: text({ doc: 'Digest of that plan.', example: '9f2c…' }),
};
const outputs = { [APPROVAL_OUTPUT]: oneOf([...DECISIONS, NO_DECISION], { doc: 'What was decided.', example: '' }) };

/** Where the workflow waits for a person. Without a decision, its output says that none was made. */
export function approvalGate({ policy }: ClusterSettings): Callable<typeof inputs, typeof outputs> {
  return {
    inputs,
    outputs,
    template: {
      name: APPROVAL,
      inputs: {
        parameters: [
          ...Object.entries(inputs).map(([name, { doc }]) => ({ name, description: doc })),
          {
            name: APPROVAL_OUTPUT,
            description: 'approve: the plan is carried out. reject: nothing is touched.',
            // The form of the Argo UI offers these.
            enum: [...DECISIONS, NO_DECISION],
            value: NO_DECISION,
          },
        ],
      },
      // `timeout` is refused on it: https://argo-workflows.readthedocs.io/en/latest/fields/#suspendtemplate
      suspend: { duration: `${policy.approvalSeconds}` },
      outputs: {
        parameters: [
          { name: APPROVAL_OUTPUT, valueFrom: { supplied: {}, default: NO_DECISION }, globalName: APPROVAL },
        ],
      },
    },
  };
}

/** Whether this cluster ever asks. */
export const asksForApproval = ({ policy }: ClusterSettings): boolean => policy.minor === 'approve';
