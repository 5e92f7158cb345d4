import { kubeletCause, kubeletRemedy } from '../../upgrade/node/ahead-of-api-server.ts';
import { asWarning, finding, type Finding, type FindingCode } from '../../upgrade/gate/finding.ts';
import { isNewer, kubeTag, oldest, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ExcludedNode, UnreadableNode } from '../../upgrade/node/readings.ts';
import { apiServersApart, judgeHop, kubeletSkew, type SkewProblem } from '../../upgrade/kubernetes/version-skew.ts';
import type { ApiServer, GateFacts } from './facts.ts';

/** Whether the policy allows the hop at all, for a patch as well: from the oldest kubelet and from every API server. */
export function judgeSkew(facts: GateFacts, target: KubeVersion): Finding[] {
  return [...judgeNodes(facts, target), ...judgeOthers(facts, target)];
}

function judgeNodes({ nodes, apiServers }: GateFacts, target: KubeVersion): Finding[] {
  const running = oldest(nodes.map((node) => node.kubelet));
  if (running === undefined) return [unknown('the nodes', 'an empty list of nodes')];
  const kubelets = nodes.flatMap((node) => kubeletFinding(node, target));
  const found = [...hop('the cluster', running, target), ...kubelets];
  if (!apiServers.known) return [...found, unknown('the API servers', `no answer: ${apiServers.reason}`)];
  if (apiServers.value.length === 0) return [...found, unknown('the API servers', 'none')];
  const apart = apiServersApart(apiServers.value.map(({ version }) => version));
  return [
    ...found,
    ...apiServers.value.flatMap(({ node, version }) => hop(`API server on ${node}`, version, target)),
    ...apiServers.value.flatMap((server) => aheadOfOwnApiServer(nodes, server, target)),
    ...(apart === undefined ? [] : [skew('skew-api-servers', 'the API servers', apart)]),
  ];
}

/**
 * A worker that says that its kubelet is newer than the target is left as it is, and the control plane comes closer to it:
 * that is no reason to keep the others back.
 */
function kubeletFinding({ name, kubelet, staticPods }: GateFacts['nodes'][number], target: KubeVersion): Finding[] {
  const problem = kubeletSkew(kubelet, target);
  if (problem === undefined) return [];
  const problemFound = skew('skew-kubelet', `kubelet on ${name}`, problem);
  const isWorker = staticPods === undefined;
  return [isWorker && isNewer(kubelet, target) ? asWarning(problemFound) : problemFound];
}

/**
 * Nodes that no run upgrades. A patch does not move their skew, nor does the rest of a minor upgrade that an API server has
 * begun: then what is wrong is a warning.
 */
function judgeOthers({ excluded = [], unreadable = [], apiServers }: GateFacts, target: KubeVersion): Finding[] {
  const isMoved = apiServers.known && apiServers.value.some(({ version }) => version.minor === target.minor);
  const findings = [
    ...excluded.flatMap((node) => excludedFinding(node, target)),
    ...unreadable.map((node) => unreadableFinding(node, target)),
  ];
  return isMoved ? findings.map(asWarning) : findings;
}

function excludedFinding({ name, because, kubelet }: ExcludedNode, target: KubeVersion): Finding[] {
  const problem = kubelet && kubeletSkew(kubelet, target);
  if (kubelet === undefined || problem === undefined) return [];
  const problemFound = skew('skew-kubelet', `kubelet on ${name}, which is left out (${because})`, problem);
  return [isNewer(kubelet, target) ? asWarning(problemFound) : problemFound];
}

const unreadableFinding = ({ name, because }: UnreadableNode, target: KubeVersion): Finding =>
  finding('skew-unknown', 'unknown', `node ${name}`, {
    found: 'a node that cannot be read',
    needed: `a kubelet version, to compare it with ${kubeTag(target)}`,
    remedy: `Node ${name} cannot be read: ${because}`,
  });

/** No upgrade moves a kubelet before its API server. The target is not older, so the upgrade puts the difference right. */
function aheadOfOwnApiServer(nodes: GateFacts['nodes'], { node, version }: ApiServer, target: KubeVersion): Finding[] {
  const kubelet = nodes.find(({ name }) => name === node)?.kubelet;
  if (kubelet === undefined || !isNewer(kubelet, version) || isNewer(kubelet, target)) return [];
  const ahead = skew('skew-kubelet', `kubelet on ${node}`, {
    found: `kubelet ${kubeTag(kubelet)} with its API server at ${kubeTag(version)}`,
    needed: 'no kubelet newer than its API server',
    remedy: `${kubeletCause(node)} ${kubeletRemedy(node, version)}, or let this upgrade correct it.`,
  });
  return [asWarning(ahead)];
}

function hop(subject: string, from: KubeVersion, target: KubeVersion): Finding[] {
  const judged = judgeHop(from, target);
  if (judged.allowed) return [];
  const parts = { found: kubeTag(from), needed: `a target that is one hop away, not ${kubeTag(target)}` };
  return [skew('skew-hop', subject, { ...parts, remedy: judged.because })];
}

const skew = (code: FindingCode, subject: string, problem: SkewProblem): Finding =>
  finding(code, 'actionable', subject, problem);

const unknown = (subject: string, found: string): Finding =>
  finding('skew-unknown', 'unknown', subject, {
    found,
    needed: 'its versions, to compare them with the skew policy',
    remedy: 'Correct the cause, so that the gate can read it. See https://kubernetes.io/releases/version-skew-policy/',
  });
