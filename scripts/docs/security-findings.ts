import { table } from './markdown.ts';
import { OUTCOME_HEADS, outcomeCells } from './outcomes.ts';
import { SECURITY_FINDINGS, type SecurityFinding } from './security/findings.ts';

/** What became of each finding of the security review, with the tests that hold it. */
export function securityFindingsPage(findings: readonly SecurityFinding[] = SECURITY_FINDINGS): string {
  return [
    '# Findings of the security review',
    'Written from `scripts/docs/security/findings.ts` by `npm run docs`; do not edit.',
    'The review of November 2026 read every step and tried each attack. A test holds each mend; what stays has its reason.',
    table(['finding', 'severity', 'what was found', ...OUTCOME_HEADS], findings.map(row)),
  ]
    .join('\n\n')
    .concat('\n');
}

function row({ id, severity, finding, outcome }: SecurityFinding): string[] {
  return [id, severity, finding, ...outcomeCells(outcome)];
}
