import { listNodes, listStaticPods } from '../../contract/access.ts';
import { count, kubeVersion, list, oneOf, optional, text } from '../../contract/param.ts';
import { chatInputs, type InputOf } from '../../contract/run-context.ts';
import { derived, input } from '../../contract/from-settings.ts';
import { canary } from '../../settings/workers.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { PLAN_VERDICTS } from '../../run/approval.ts';

export const plan = defineStep({
  name: 'plan',
  summary: 'Says what the upgrade would do, and asks people to approve it; once they did, says whether it still holds.',
  inputs: {
    ...chatInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.35.4' }),
    kind: oneOf(['patch', 'minor', 'none'], { doc: 'Kind of the upgrade.', example: 'minor' }),
    only: list({ doc: 'Names of the only nodes to upgrade, separated by commas; empty for all.', example: 'worker-1' }),
    canaryNames: input(canary, 'names'),
    canaryLabels: input(canary, 'labels'),
    gateCodes: list({ doc: 'Codes of the findings of the gate, separated by commas.', example: 'addon-untested' }),
    approvedDigest: optional(
      text({ doc: 'Digest of the approved plan; empty to request approval.', example: '9f2c…' }),
    ),
    approvalMinutes: derived(
      count({ doc: 'Minutes that the run waits for approval.', example: '1080' }),
      ({ policy }) => Math.floor(policy.approvalSeconds / 60),
    ),
  },
  outputs: {
    planVerdict: oneOf(PLAN_VERDICTS, {
      doc: 'asked: the plan waits for approval. valid: the approved plan is the current plan. void: the plan has changed since the approval.',
      example: 'asked',
    }),
    planDigest: text({ doc: 'Digest of the plan: 64 hexadecimal digits.', example: '9f2c…' }),
    planMessage: text({
      doc: 'The plan, and how to approve it; or why the approval does not hold.',
      example: '1. cp1',
    }),
  },
  when: ['approval'],
  access: [listNodes, listStaticPods],
  ssh: false,
  chat: true,
  deadline: { seconds: 900 },
});

export type PlanInput = Pick<
  InputOf<typeof plan>,
  | 'target'
  | 'kind'
  | 'only'
  | 'canaryNames'
  | 'canaryLabels'
  | 'gateCodes'
  | 'approvedDigest'
  | 'approvalMinutes'
  | 'runName'
  | 'namespace'
>;
