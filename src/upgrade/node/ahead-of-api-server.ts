import { formatKubeVersion, isNewer, oldest, sameVersion, type KubeVersion } from '../kubernetes/kube-version.ts';
import { inJoinOrder } from './order.ts';
import type { ClusterNode, ControlPlaneComponent } from './node.ts';

/**
 * A component that is ahead of its API server. No upgrade causes this: kubeadm upgrades the API server first and the
 * kubelet last.
 */
export interface SkewedComponent {
  readonly node: string;
  readonly part: 'kubelet' | ControlPlaneComponent;
  readonly version: KubeVersion;
  readonly apiServer: KubeVersion;
}

/**
 * Returns kubelets that are newer than their API server. It also returns control-plane components with another release
 * than their API server, on nodes whose own upgrade is not in progress. The API server of a worker is the oldest of the
 * cluster.
 * https://kubernetes.io/releases/version-skew-policy/
 */
export function skewedComponents(nodes: readonly ClusterNode[]): SkewedComponent[] {
  const eldest = oldest(nodes.flatMap((node) => apiServerOf(node) ?? []));
  return inJoinOrder(nodes).flatMap((node) => {
    const apiServer = node.controlPlane ? apiServerOf(node) : eldest;
    if (apiServer === undefined) return [];
    const parts: SkewedComponent[] = componentsApart(node, apiServer);
    if (!isNewer(node.kubelet, apiServer)) return parts;
    return [{ node: node.name, part: 'kubelet', version: node.kubelet, apiServer }, ...parts];
  });
}

/**
 * `kubeadm upgrade` that stopped half-way leaves older components. The kubelet is then older than the API server too.
 */
const componentsApart = (node: ClusterNode, apiServer: KubeVersion): SkewedComponent[] =>
  node.staticPods.flatMap(({ component, version }) => {
    if (version === undefined || sameVersion(version, apiServer)) return [];
    const isUnderWay = node.upgradeRecord !== undefined || isNewer(apiServer, node.kubelet);
    if (isUnderWay && isNewer(apiServer, version)) return [];
    return [{ node: node.name, part: component, version, apiServer }];
  });

export const apiServerOf = ({ staticPods }: ClusterNode): KubeVersion | undefined =>
  staticPods.find(({ component }) => component === 'kube-apiserver')?.version;

/** Returns why only the kubelet is newer. */
export const kubeletCause = (node: string): string =>
  `Something else upgraded the package kubelet, as happens when it is not held (on ${node}: apt-mark showhold kubelet).`;

/** Returns how to restore a node's kubelet to the release of its API server. */
export const kubeletRemedy = (node: string, apiServer: KubeVersion): string =>
  `Drain ${node}, then go back there (apt-get install -y --allow-downgrades --allow-change-held-packages 'kubelet=${formatKubeVersion(apiServer)}-*' && apt-mark hold kubelet && systemctl daemon-reload && systemctl restart kubelet)`;
