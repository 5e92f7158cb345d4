import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

export const judgeKubeadm = ({ plan }: PreflightFacts, { target }: PreflightInput): Finding[] =>
  plan === undefined ? [] : judgePlan(plan, target);

function judgePlan(plan: NonNullable<PreflightFacts['plan']>, target: KubeVersion): Finding[] {
  const asked = `kubeadm upgrade plan ${kubeTag(target)}`;
  if (!plan.known) {
    return [
      finding('plan-unknown', 'unknown', asked, {
        found: `no plan: ${plan.reason}`,
        needed: 'a plan that names the target',
        remedy: 'Correct the cause. The next scheduled run checks again.',
      }),
    ];
  }
  const named = plan.value.split('\n').some((line) => line.trim() === `kubeadm upgrade apply ${kubeTag(target)}`);
  if (named) return [];
  return [
    finding('plan-without-target', 'actionable', asked, {
      found: 'a plan that does not name it',
      needed: `the line: kubeadm upgrade apply ${kubeTag(target)}`,
      remedy: 'Run it on the first control-plane node and read its output.',
    }),
  ];
}
