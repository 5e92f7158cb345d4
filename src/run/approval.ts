/** `asked`: the plan waits for approval. `valid`, `void`: whether the approved plan is still the current plan. */
export const PLAN_VERDICTS = ['asked', 'valid', 'void'] as const;
export type PlanVerdict = (typeof PLAN_VERDICTS)[number];

/** The workflow step that waits for approval, and its output parameter. */
export const APPROVAL = 'approval';
export const APPROVAL_OUTPUT = 'decision';
export const DECISIONS = ['approve', 'reject'] as const;
/** The output when no decision arrives in time, or when a person resumes the step without one. */
export const NO_DECISION = 'timeout';

/** Returns the command for one decision. It sets the output first, then resumes the step. */
export function decisionCommand(namespace: string, run: string, decision: (typeof DECISIONS)[number]): string {
  const at = `--node-field-selector displayName=${APPROVAL}`;
  return `argo node set -n ${namespace} ${run} -p ${APPROVAL_OUTPUT}=${decision} ${at} && argo resume -n ${namespace} ${run} ${at}`;
}

/** Returns the exit handler's message about a missing approval. */
export function notApproved(decision: string | undefined, digest: string): string {
  switch (decision) {
    case 'reject':
      return `The plan ${digest} was rejected.`;
    case NO_DECISION:
    case undefined:
      return `The plan ${digest} was not approved in time.`;
    default:
      return `The plan ${digest} was neither approved nor rejected, but answered with "${decision}".`;
  }
}
