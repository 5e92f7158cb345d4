import type { Finding, FindingCode } from '../../upgrade/finding.ts';
import { kubeTag, oldest, type KubeVersion } from '../../upgrade/kube-version.ts';
import { apiServersApart, judgeHop, kubeletSkew, type SkewProblem } from '../../upgrade/version-skew.ts';
import type { GateFacts } from './facts.ts';

/** Whether the policy allows the hop at all, for a patch as well: from the oldest kubelet and from every API server. */
export function judgeSkew({ nodes, apiServers }: GateFacts, target: KubeVersion): Finding[] {
  const running = oldest(nodes.map((node) => node.kubelet));
  if (running === undefined) return [unknown('the nodes', 'an empty list of nodes')];
  const kubelets = nodes.flatMap(({ name, kubelet }) => {
    const problem = kubeletSkew(kubelet, target);
    return problem === undefined ? [] : [skew('skew-kubelet', `kubelet on ${name}`, problem)];
  });
  const found = [...hop('the cluster', running, target), ...kubelets];
  if (!apiServers.known) return [...found, unknown('the API servers', `no answer: ${apiServers.reason}`)];
  if (apiServers.value.length === 0) return [...found, unknown('the API servers', 'none')];
  const apart = apiServersApart(apiServers.value.map(({ version }) => version));
  return [
    ...found,
    ...apiServers.value.flatMap(({ node, version }) => hop(`API server on ${node}`, version, target)),
    ...(apart === undefined ? [] : [skew('skew-api-servers', 'the API servers', apart)]),
  ];
}

function hop(subject: string, from: KubeVersion, target: KubeVersion): Finding[] {
  const judged = judgeHop(from, target);
  if (judged.allowed) return [];
  const parts = { found: kubeTag(from), needed: `a target that is one hop away, not ${kubeTag(target)}` };
  return [skew('skew-hop', subject, { ...parts, remedy: judged.because })];
}

const skew = (code: FindingCode, subject: string, problem: SkewProblem): Finding => ({
  ...{ code, class: 'actionable', check: 'skew', subject },
  ...problem,
});

const unknown = (subject: string, found: string): Finding => ({
  ...{ code: 'skew-unknown', class: 'unknown', check: 'skew', subject, found },
  needed: 'its versions, to hold them against the skew policy',
  remedy: 'Give the gate what it lacks. See https://kubernetes.io/releases/version-skew-policy/',
});
