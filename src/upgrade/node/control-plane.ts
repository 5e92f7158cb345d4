import { apiServerOf } from './ahead-of-api-server.ts';
import { isNewer, newest, type KubeVersion } from '../kubernetes/kube-version.ts';
import { ledgerAnnotation } from './ledger.ts';
import { isToDo } from './order.ts';
import type { ClusterNode } from './node.ts';

/**
 * A kubelet may write the annotations and the status of its own Node (NodeRestriction). So whoever controls a worker can
 * write a ledger there. Only control-plane nodes say which version the cluster has begun to go to.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export function begunByControlPlane(nodes: readonly ClusterNode[]): KubeVersion | undefined {
  // kubeadm upgrades the API server before the other components, so another component that alone is newer shows nothing.
  return newest(controlPlanes(nodes).flatMap((node) => [apiServerOf(node) ?? [], ledgerTargets(node)].flat()));
}

/**
 * Whether the upgrade that was begun is not finished on the node. An upgrade moves the API server first and the kubelet
 * last, so one of them is older, or the ledger is open. A static pod that is missing or shows no version proves nothing.
 */
export function isUnfinished(node: ClusterNode, begun: KubeVersion): boolean {
  if (node.ledger !== undefined) return true;
  const isOlder = (version: KubeVersion | undefined): boolean => version !== undefined && isNewer(begun, version);
  return isToDo(node, begun) && (isOlder(node.kubelet) || isOlder(apiServerOf(node)));
}

/**
 * Control-plane nodes are upgraded first. A worker's ledger that names a newer version than every control-plane node was
 * not written by this project, or is about a version that the control plane has left: it is set aside in `ignoredLedger`.
 */
export function ignoreForeignLedgers(nodes: readonly ClusterNode[], prefix: string): readonly ClusterNode[] {
  const evidence = controlPlanes(nodes).flatMap((node) => [
    node.kubelet,
    ...staticPodVersions(node),
    ...ledgerTargets(node),
  ]);
  const most = newest(evidence);
  // Without a control-plane node there is nothing to compare with, and no step goes on.
  if (most === undefined) return nodes;
  return nodes.map((node) => {
    const { ledger } = node;
    if (node.controlPlane || ledger === undefined || !isNewer(ledger.to, most)) return node;
    return { ...node, ledger: undefined, ignoredLedger: { to: ledger.to, annotation: ledgerAnnotation(prefix) } };
  });
}

const controlPlanes = (nodes: readonly ClusterNode[]): readonly ClusterNode[] =>
  nodes.filter(({ controlPlane }) => controlPlane);

const staticPodVersions = ({ staticPods }: ClusterNode): KubeVersion[] =>
  staticPods.flatMap((pod) => pod.version ?? []);
const ledgerTargets = ({ ledger }: ClusterNode): KubeVersion[] => (ledger === undefined ? [] : [ledger.to]);
