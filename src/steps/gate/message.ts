import { findingLines, fitLines } from '../../upgrade/gate/findings-message.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { GateDecision } from './decide.ts';

/** Argo keeps it in the Workflow, hands it to the exit handler in its environment, and shows it whole. */
export const MOST_BYTES = 4096;

/** The verdict and all findings, for the log. */
export const report = (decision: GateDecision, target: KubeVersion): readonly string[] => [
  headline(decision, target),
  ...findingLines(decision.findings),
];

/** The findings for the message of the run: as many as fit, and the number of the others. */
export const message = (decision: GateDecision, target: KubeVersion): string =>
  fitLines(headline(decision, target), findingLines(decision.findings), MOST_BYTES, 'gate');

/** One for each finding, for the digest of the plan. */
export const codes = ({ findings }: GateDecision): readonly string[] => findings.map(({ code }) => code).sort();

function headline({ verdict, findings }: GateDecision, target: KubeVersion): string {
  const to = kubeTag(target);
  switch (verdict) {
    case 'clear':
      return findings.length === 0 ? `Clear for ${to}.` : `Clear for ${to}, with warnings:`;
    case 'blocked':
      return `Upgrade to ${to} is blocked: an operator must act on the findings below. Nothing was changed.`;
    case 'held':
      return `Upgrade to ${to} is on hold: only waiting helps. Nothing was changed.`;
  }
}
