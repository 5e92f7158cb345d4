import { finding, type Finding, type FindingClass } from './finding.ts';

/**
 * `clear`: the upgrade may begin. `blocked`: a person must act or look. `held`: only waiting helps, so no alert fires.
 */
export const VERDICTS = ['clear', 'blocked', 'held'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Rules in order; the first one that matches wins.
 * `held` precedes `blocked`: while one problem can only wait, an alert in every run about another one is noise.
 * `unknown` precedes both, including an error of the gate. Warnings do not count.
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

/** The finding for a failure of the gate itself. It blocks, and the error is its reason. */
export const gateError = (message: string): Finding =>
  finding('gate-error', 'unknown', 'the gate', {
    found: `an error: ${message.replace(/\.$/, '')}`,
    needed: 'an answer to every question of the gate',
    remedy: 'Nothing was changed. Correct the cause. The next scheduled run checks again.',
  });
