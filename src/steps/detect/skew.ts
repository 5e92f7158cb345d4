import { formatKubeVersion, isNewer, kubeTag, newest, oldest, type KubeVersion } from '../../upgrade/kube-version.ts';
import { inJoinOrder } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { apiServersApart, judgeHop, kubeletSkew, type SkewProblem } from '../../upgrade/version-skew.ts';
import { byHand, refuse, type Opinion } from './thought.ts';

export const apiServers = (nodes: readonly ClusterNode[]): KubeVersion[] =>
  nodes
    .flatMap(({ staticPods }) => staticPods)
    .flatMap(({ component, version }) => (component === 'kube-apiserver' && version !== undefined ? [version] : []));

/**
 * A state from which no upgrade is possible. A kubelet that is newer than the API servers is none of these: upgrading
 * the control plane is just what puts it right.
 */
export function unsupportedState(nodes: readonly ClusterNode[]): Opinion | undefined {
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

/** An upgrade to this target, if kubeadm can take the oldest part of the cluster there. */
export function hopTo(target: KubeVersion, nodes: readonly ClusterNode[], because: string): Opinion {
  const ahead = inJoinOrder(nodes).find((node) => node.controlPlane && isNewer(node.kubelet, target));
  if (ahead !== undefined) return refuse(`${because} ${kubeletOnItsOwn(ahead, target)}`);
  const hop = judgeHop(oldestPart(nodes) ?? target, target);
  return hop.allowed ? { verdict: 'upgrade', target, kind: hop.kind, because } : refuse(`${because} ${hop.because}`);
}

/** An upgrade moves the static pods first. So a kubelet that alone is newer was installed by something else. */
const kubeletOnItsOwn = ({ name, kubelet }: ClusterNode, target: KubeVersion): string =>
  `The kubelet of control-plane node ${name} is at ${kubeTag(kubelet)}, newer than ${kubeTag(target)}, and kubeadm does not downgrade. No upgrade of the control plane to ${kubeTag(kubelet)} was begun: find out who installed the package kubelet there, and whether it is held (apt-mark showhold). Then install the kubelet of its API server again, or go forward: ${byHand(formatKubeVersion(kubelet))}`;

/** The oldest of all kubelets and API servers: no minor is skipped anywhere. */
export const oldestPart = (nodes: readonly ClusterNode[]): KubeVersion | undefined =>
  oldest([...nodes.map(({ kubelet }) => kubelet), ...apiServers(nodes)]);

const sentence = (subject: string, { found, needed, remedy }: SkewProblem): string =>
  `${subject}: found ${found}; needed ${needed}. ${remedy}`;
