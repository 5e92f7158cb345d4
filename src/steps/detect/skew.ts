import { isNewer, kubeTag, newest, oldest, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { inJoinOrder } from '../../upgrade/node/order.ts';
import { blockingNodes, unreadableLines } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { unknownVersionProblem } from '../../upgrade/node/unknown-version.ts';
import { apiServersApart, judgeHop, kubeletSkew, type SkewProblem } from '../../upgrade/kubernetes/version-skew.ts';
import { refuse, type DetectFacts, type RuleResult } from './detection.ts';

export const apiServers = (nodes: readonly ClusterNode[]): KubeVersion[] =>
  nodes
    .flatMap(({ staticPods }) => staticPods)
    .flatMap(({ component, version }) => (component === 'kube-apiserver' && version !== undefined ? [version] : []));

/** Refuses when a Node cannot be read and no step can continue without it. */
export function unreadableState({ unreadable = [] }: Pick<DetectFacts, 'unreadable'>): RuleResult | undefined {
  const wrong = blockingNodes({ unreadable });
  return wrong.length === 0 ? undefined : refuse(unreadableLines(wrong).join(' '));
}

/**
 * Refuses a state from which no upgrade is possible. A kubelet that is newer than the API servers is accepted: an
 * upgrade of the control plane to that version corrects it.
 */
export function unsupportedState(nodes: readonly ClusterNode[]): RuleResult | undefined {
  const [unknown] = unknownVersionProblem(nodes);
  if (unknown !== undefined) return refuse(unknown);
  const servers = apiServers(nodes);
  const [apart, newestServer] = [apiServersApart(servers), newest(servers)];
  if (apart !== undefined) return refuse(sentence('The API servers', apart));
  for (const { name, kubelet } of inJoinOrder(nodes)) {
    if (newestServer === undefined || isNewer(kubelet, newestServer)) continue;
    const problem = kubeletSkew(kubelet, newestServer);
    if (problem !== undefined) return refuse(sentence(`Node ${name}`, problem));
  }
  return undefined;
}

/** An upgrade to this target, or a refusal when kubeadm cannot upgrade the oldest component of the cluster to it. */
export function hopTo(target: KubeVersion, nodes: readonly ClusterNode[], because: string): RuleResult {
  const controlPlanes = inJoinOrder(nodes).filter(({ controlPlane }) => controlPlane);
  const [ahead] = controlPlanes.flatMap((node) => partsAhead(node, target));
  if (ahead !== undefined) return refuse(`${because} ${ahead}`);
  const hop = judgeHop(oldestPart(nodes) ?? target, target);
  return hop.allowed ? { verdict: 'upgrade', target, kind: hop.kind, because } : refuse(`${because} ${hop.because}`);
}

/** A sentence for each part of a node that kubeadm would have to downgrade. */
const partsAhead = ({ name, kubelet, staticPods }: ClusterNode, target: KubeVersion): string[] =>
  [{ component: 'kubelet', version: kubelet }, ...staticPods].flatMap(({ component, version }) =>
    version !== undefined && isNewer(version, target)
      ? `The ${component} of control-plane node ${name} is at ${kubeTag(version)}, newer than ${kubeTag(target)}, and kubeadm does not downgrade.`
      : [],
  );

/** The oldest version of all kubelets and API servers, so that no component skips a minor. */
export const oldestPart = (nodes: readonly ClusterNode[]): KubeVersion | undefined =>
  oldest([...nodes.map(({ kubelet }) => kubelet), ...apiServers(nodes)]);

const sentence = (subject: string, { found, needed, remedy }: SkewProblem): string =>
  `${subject}: found ${found}; needed ${needed}. ${remedy}`;
