/** `asked`: it waits for approval. `valid`, `void`: whether the plan that was approved is still the one. */
export const PLAN_VERDICTS = ['asked', 'valid', 'void'] as const;
export type PlanVerdict = (typeof PLAN_VERDICTS)[number];

/** The step of the workflow that waits, and what it is told. */
export const APPROVAL = 'approval';
export const APPROVAL_OUTPUT = 'decision';
export const DECISIONS = ['approve', 'reject'] as const;
/** What it says of itself when nobody said anything, or when somebody resumed it without a word. */
export const NO_DECISION = 'timeout';

/** What an operator types to say one of the two: the word first, then the waiting ends. */
export function decisionCommand(namespace: string, run: string, decision: (typeof DECISIONS)[number]): string {
  const at = `--node-field-selector displayName=${APPROVAL}`;
  return `argo node set -n ${namespace} ${run} -p ${APPROVAL_OUTPUT}=${decision} ${at} && argo resume -n ${namespace} ${run} ${at}`;
}

/** How an approval that did not come reads, for the exit handler. */
export function notApproved(decision: string | undefined, digest: string): string {
  switch (decision) {
    case 'reject':
      return `The plan ${digest} was rejected.`;
    case NO_DECISION:
    case undefined:
      return `Nobody approved the plan ${digest} in time.`;
    default:
      return `The plan ${digest} was neither approved nor rejected, but answered with "${decision}".`;
  }
}
