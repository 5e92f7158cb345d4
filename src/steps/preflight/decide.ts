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
 * Everything is looked at and said at once; only warnings do not stand in the way. While kured rolls a node, what is wrong
 * may be its doing: that is no failure, and another night judges it.
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

/** The sentence with which the step is refused; its outputs are written all the same. */
export const objection = (said: {
  readonly preflightVerdict: PreflightDecision['verdict'];
  readonly preflightMessage: string;
}): string | undefined => (said.preflightVerdict === 'halt' ? said.preflightMessage : undefined);

/** What the kubelet keeps of a step's last words is 4096 bytes, the name of the step included. */
export const MOST_BYTES = 4000;

/** Everything, for the log. */
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
      return findings.length === 0 ? `Fit for ${to}.` : `Fit for ${to}, with a warning or more:`;
    case 'pause':
      return findings.length === 0 ? because : `${because}\nWhat was found meanwhile:`;
    case 'halt':
      return `Not fit for ${to}: the upgrade was not begun. Once what stands below is put right or has passed, the next nightly run goes on by itself.`;
  }
}
