import type { Finding, FindingClass } from './finding.ts';

/** `clear`: go. `blocked`: somebody must act, or look. `held`: nothing but waiting helps, so nobody is woken. */
export const VERDICTS = ['clear', 'blocked', 'held'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Rules in order, the first that applies wins. Held stands above blocked: while one thing can only wait, an alert every
 * night about another is noise. Not knowing stands above both, an error of the gate included. Warnings have no voice.
 */
const RULES: readonly (readonly [readonly FindingClass[], Verdict])[] = [
  [['unknown'], 'blocked'],
  [['waiting', 'pinned'], 'held'],
  [['actionable'], 'blocked'],
];

export function verdictOf(findings: readonly Finding[]): Verdict {
  const rule = RULES.find(([classes]) => findings.some((finding) => classes.includes(finding.class)));
  return rule?.[1] ?? 'clear';
}

/** The gate itself failed: a block, with the error as its reason. */
export const gateError = (message: string): Finding => ({
  code: 'gate-error',
  class: 'unknown',
  check: 'gate',
  subject: 'the gate',
  found: `an error: ${message.replace(/\.$/, '')}`,
  needed: 'an answer to every question of the gate',
  remedy: 'Nothing was changed. Put the cause right; the next night asks again.',
});
