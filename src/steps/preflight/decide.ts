import { sortFindings, type Finding } from '../../upgrade/gate/finding.ts';
import { fitLines, findingLines } from '../../upgrade/gate/findings-message.ts';
import type { PreflightVerdict } from '../../run/admission.ts';
import { kuredLockState } from '../../run/kured-lock.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';
import { judgeAlerts } from './judge-alerts.ts';
import { judgeCriSocket } from './judge-cri-socket.ts';
import { judgeHook } from './judge-hook.ts';
import { judgeHosts } from './judge-hosts.ts';
import { judgeKubeletConfig } from './judge-kubelet-config.ts';
import { judgeKubeadm } from './judge-kubeadm.ts';
import { judgeKured } from './judge-kured.ts';
import { judgeManifests } from './judge-manifests.ts';
import { judgeNodes } from './judge-nodes.ts';
import { judgePatches } from './judge-patches.ts';

interface PreflightDecision {
  readonly verdict: PreflightVerdict;
  /** Why to pause. */
  readonly because?: string;
  /** In the order in which a person reads them. */
  readonly findings: readonly Finding[];
}

/**
 * Reports all findings at once. Every finding except a warning stops the run. While kured reboots a node, kured may be the
 * cause of a finding. So the run pauses instead of failing, and a later run checks again.
 */
export function decide(facts: PreflightFacts, input: PreflightInput): PreflightDecision {
  const judges = [
    judgeNodes,
    judgeAlerts,
    judgeHosts,
    judgeKubeadm,
    judgeCriSocket,
    judgePatches,
    judgeManifests,
    judgeKubeletConfig,
    judgeKured,
    judgeHook,
  ];
  const findings = sortFindings(judges.flatMap((judge) => judge(facts, input)));
  const lockStates = facts.kured.map((state) => kuredLockState(state.lock, { uid: input.runUid }, facts.nowMs, state));
  const rolling = lockStates.find((state) => state.kind === 'rolling');
  if (rolling !== undefined) return { verdict: 'pause', because: rolling.because, findings };
  return { verdict: findings.every((each) => each.class === 'warning') ? 'clear' : 'halt', findings };
}

/** The message when the step refuses the run. The step writes its outputs in this case too. */
export const objection = (said: {
  readonly preflightVerdict: PreflightDecision['verdict'];
  readonly preflightMessage: string;
}): string | undefined => (said.preflightVerdict === 'halt' ? said.preflightMessage : undefined);

/** The kubelet keeps 4096 bytes of a termination message, including the name of the step. */
export const MOST_BYTES = 4000;

/** The verdict and all findings, for the log. */
export const report = (decision: PreflightDecision, target: KubeVersion): readonly string[] => [
  headline(decision, target),
  ...findingLines(decision.findings),
];

export const message = (decision: PreflightDecision, target: KubeVersion): string =>
  fitLines(headline(decision, target), findingLines(decision.findings), MOST_BYTES, 'preflight');

function headline({ verdict, findings, because = '' }: PreflightDecision, target: KubeVersion): string {
  const to = kubeTag(target);
  switch (verdict) {
    case 'clear':
      return findings.length === 0 ? `Fit for ${to}.` : `Fit for ${to}, with warnings:`;
    case 'pause':
      return findings.length === 0 ? because : `${because}\nWhat was found meanwhile:`;
    case 'halt':
      return `Not fit for ${to}: the upgrade did not begin, and this run cordoned no node. Correct the findings below, or wait until they no longer apply. The next scheduled run resumes by itself.`;
  }
}
