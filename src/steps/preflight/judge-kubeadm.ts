import type { Finding } from '../../upgrade/finding.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kube-version.ts';
import type { PreflightFacts, PreflightWish } from './facts.ts';

export const judgeKubeadm = ({ plan, diff }: PreflightFacts, { target }: PreflightWish): Finding[] => [
  ...(plan === undefined ? [] : judgePlan(plan, target)),
  ...(diff === undefined ? [] : judgeDiff(diff, target)),
];

function judgePlan(plan: NonNullable<PreflightFacts['plan']>, target: KubeVersion): Finding[] {
  const asked = `kubeadm upgrade plan ${kubeTag(target)}`;
  if (!plan.known) {
    return [
      {
        ...{ code: 'plan-unknown', class: 'unknown', check: 'kubeadm', subject: asked },
        ...{ found: `no plan: ${plan.reason}`, needed: 'a plan that names the target' },
        remedy: 'Put right what it names; the next nightly run asks again.',
      },
    ];
  }
  const named = plan.value.split('\n').some((line) => line.trim() === `kubeadm upgrade apply ${kubeTag(target)}`);
  if (named) return [];
  return [
    {
      ...{ code: 'plan-without-target', class: 'actionable', check: 'kubeadm', subject: asked },
      found: 'a plan that does not name it',
      needed: `the line: kubeadm upgrade apply ${kubeTag(target)}`,
      remedy: 'Run it on the first control-plane node and see what it says instead.',
    },
  ];
}

/** Never in the way: the restore hook and a person can put a flag back. */
function judgeDiff(diff: NonNullable<PreflightFacts['diff']>, target: KubeVersion): Finding[] {
  const asked = `kubeadm upgrade diff ${kubeTag(target)}`;
  if (!diff.known) {
    return [
      {
        ...{ code: 'diff-unknown', class: 'warning', check: 'kubeadm', subject: asked },
        ...{ found: `no comparison: ${diff.reason}`, needed: 'to know whether an API-server flag would be dropped' },
        remedy: 'Run it on the first control-plane node.',
      },
    ];
  }
  const dropped = droppedFlags(diff.value);
  if (dropped.length === 0) return [];
  return [
    {
      ...{ code: 'diff-drops-flag', class: 'warning', check: 'kubeadm', subject: 'kube-apiserver' },
      found: `a manifest with ${dropped.join(', ')}, which kubeadm would drop`,
      needed: 'no flag that kubeadm does not know of',
      remedy: `Tell kubeadm: kubectl -n kube-system edit configmap kubeadm-config, and name it in apiServer.extraArgs of ClusterConfiguration. Otherwise put it back after the upgrade, on every control-plane node, into /etc/kubernetes/manifests/kube-apiserver.yaml. To see it: ${asked}.`,
    },
  ];
}

/** Flags of the API server that are in the manifest as it is and not, with any value, in the one that would be. */
export function droppedFlags(diff: string): readonly string[] {
  const sections = diff.split(/^(?=--- \/)/m).filter((section) => /^--- \S*kube-apiserver\.yaml/.test(section));
  const lines = sections.flatMap((section) => section.split('\n'));
  const flags = (sign: '-' | '+'): string[] =>
    lines.flatMap((line) => (line.startsWith(sign) ? (/^.\s+- (--[a-z0-9-]+)/.exec(line)?.[1] ?? []) : []));
  const kept = new Set(flags('+'));
  return [...new Set(flags('-'))].filter((flag) => !kept.has(flag)).sort();
}
