import { apiServerOf } from './ahead-of-api-server.ts';
import { isNewer, newest, type KubeVersion } from '../kubernetes/kube-version.ts';
import { upgradeRecordAnnotation } from './upgrade-record.ts';
import { needsUpgrade } from './order.ts';
import type { ClusterNode } from './node.ts';

/**
 * Returns the version that the control plane has begun to go to.
 * A kubelet may write the annotations and the status of its own Node (NodeRestriction). An attacker on a worker can
 * therefore write an upgrade record there, so only records of control-plane nodes count.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export function begunByControlPlane(nodes: readonly ClusterNode[]): KubeVersion | undefined {
  // kubeadm upgrades the API server first. Another component that alone is newer proves nothing.
  return newest(controlPlanes(nodes).flatMap((node) => [apiServerOf(node) ?? [], upgradeRecordTargets(node)].flat()));
}

/**
 * Returns whether the node has not finished the upgrade that began. An upgrade changes the API server first and the
 * kubelet last. So one of them is older, or the upgrade record is open. A static pod that is missing or shows no
 * version proves nothing.
 */
export function isUnfinished(node: ClusterNode, begun: KubeVersion): boolean {
  if (node.upgradeRecord !== undefined) return true;
  const isOlder = (version: KubeVersion | undefined): boolean => version !== undefined && isNewer(begun, version);
  return needsUpgrade(node, begun) && (isOlder(node.kubelet) || isOlder(apiServerOf(node)));
}

/**
 * Moves foreign upgrade records of workers to `ignoredUpgradeRecord`. Control-plane nodes are upgraded first. A worker's
 * record with a newer version than every control-plane node is therefore foreign. Either this project did not write it,
 * or the control plane has left that version.
 */
export function ignoreForeignUpgradeRecords(nodes: readonly ClusterNode[], prefix: string): readonly ClusterNode[] {
  const evidence = controlPlanes(nodes).flatMap((node) => [
    node.kubelet,
    ...staticPodVersions(node),
    ...upgradeRecordTargets(node),
  ]);
  const most = newest(evidence);
  // Without a control-plane node there is nothing to compare with, and no step continues.
  if (most === undefined) return nodes;
  return nodes.map((node) => {
    const { upgradeRecord } = node;
    if (node.controlPlane || upgradeRecord === undefined || !isNewer(upgradeRecord.to, most)) return node;
    return {
      ...node,
      upgradeRecord: undefined,
      ignoredUpgradeRecord: { to: upgradeRecord.to, annotation: upgradeRecordAnnotation(prefix) },
    };
  });
}

const controlPlanes = (nodes: readonly ClusterNode[]): readonly ClusterNode[] =>
  nodes.filter(({ controlPlane }) => controlPlane);

const staticPodVersions = ({ staticPods }: ClusterNode): KubeVersion[] =>
  staticPods.flatMap((pod) => pod.version ?? []);
const upgradeRecordTargets = ({ upgradeRecord }: ClusterNode): KubeVersion[] =>
  upgradeRecord === undefined ? [] : [upgradeRecord.to];
