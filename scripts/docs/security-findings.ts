import { table } from './markdown.ts';
import { SECURITY_FINDINGS, type SecurityFinding } from './security/findings.ts';

/** What became of each finding of the security review, with the tests that hold it. */
export function securityFindingsPage(findings: readonly SecurityFinding[] = SECURITY_FINDINGS): string {
  return [
    '# Findings of the security review',
    'Written from `scripts/docs/security/findings.ts` by `npm run docs`; do not edit.',
    'The review of November 2026 read every step and tried each attack. A test holds each mend; what stays has its reason.',
    table(['finding', 'severity', 'what was found', 'mended by, or why it stays', 'tests'], findings.map(row)),
  ]
    .join('\n\n')
    .concat('\n');
}

function row({ id, severity, finding, outcome }: SecurityFinding): string[] {
  if (outcome === undefined) return [id, severity, finding, 'Open.', ''];
  if ('stays' in outcome) return [id, severity, finding, `Stays: ${outcome.stays}`, ''];
  const tests = outcome.tests.map(({ file, title }) => `\`test/${file}\`: ${title}`);
  return [id, severity, finding, outcome.mended, tests.join('; ')];
}
