import { isNewer, sameVersion, type KubeVersion } from '../kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from './node.ts';

/**
 * What kubeadm does on a node. `first-control-plane` runs `kubeadm upgrade apply`, which upgrades the cluster's own
 * configuration. Every other node runs `kubeadm upgrade node`.
 */
export const NODE_ROLES = ['first-control-plane', 'control-plane', 'worker'] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

export interface NodeTask {
  readonly name: string;
  readonly role: NodeRole;
}

/**
 * Returns whether the node is upgraded: kubelet and, on a control-plane node, all static pods are at the target, and no
 * upgrade record is open.
 */
export function atTarget(node: ClusterNode, target: KubeVersion): boolean {
  return atVersion(node, target) && node.upgradeRecord === undefined;
}

/** Like {@link atTarget}, but ignores the upgrade record: it compares the software only. */
export function atVersion(node: ClusterNode, target: KubeVersion): boolean {
  return sameVersion(node.kubelet, target) && (!node.controlPlane || controlPlaneAt(node, target));
}

/**
 * A component without a static pod, or with an image tag that is not a version, is not at the target. Unknown never
 * means upgraded.
 */
export function controlPlaneAt(node: ClusterNode, target: KubeVersion): boolean {
  return CONTROL_PLANE_COMPONENTS.every((component) => {
    const version = node.staticPods.find((pod) => pod.component === component)?.version;
    return version !== undefined && sameVersion(version, target);
  });
}

/**
 * Returns whether a component on the node is newer than the target. kubeadm does not downgrade, so the node stays as it
 * is.
 */
export function isAhead(node: ClusterNode, target: KubeVersion): boolean {
  const versions = [node.kubelet, ...node.staticPods.flatMap((pod) => pod.version ?? [])];
  return versions.some((version) => isNewer(version, target));
}

/** `back`: a worker returns to an older version because an operator requested it. */
export const DIRECTIONS = ['forward', 'back'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * Returns whether the node still needs work: its software is on the wrong side of the target, or its upgrade record is
 * open.
 */
export function needsUpgrade(node: ClusterNode, target: KubeVersion, direction: Direction = 'forward'): boolean {
  if (node.upgradeRecord !== undefined) return true;
  return !atVersion(node, target) && isAhead(node, target) === (direction === 'back');
}

/**
 * Returns whether an earlier run began the node's upgrade to the target and it may finish at any time. A worker must
 * also wait for the API servers: a kubelet must not be newer than any of them.
 */
export function canFinish(node: ClusterNode, nodes: readonly ClusterNode[], target: KubeVersion): boolean {
  if (node.upgradeRecord === undefined) return false;
  if (node.controlPlane) return true;
  const done = nodes.filter((each) => each.controlPlane).every((each) => controlPlaneAt(each, target));
  return done && sameVersion(node.upgradeRecord.to, target);
}

/**
 * Sorts nodes from the oldest to the newest, then by name. The order does not depend on the API server's list order.
 */
export function inJoinOrder(nodes: readonly ClusterNode[]): ClusterNode[] {
  return [...nodes].sort((a, b) => a.createdAtMs - b.createdAtMs || compareText(a.name, b.name));
}

/**
 * Returns the control-plane nodes that still need work, one after the other. The first one runs `kubeadm upgrade
 * apply`.
 */
export function controlPlaneTasks(nodes: readonly ClusterNode[], target: KubeVersion): NodeTask[] {
  const controlPlanes = inJoinOrder(nodes.filter((node) => node.controlPlane));
  const applied = controlPlanes.some((node) => atVersion(node, target));
  return controlPlanes
    .filter((node) => needsUpgrade(node, target))
    .map((node, index) => ({
      name: node.name,
      role: !applied && index === 0 ? 'first-control-plane' : 'control-plane',
    }));
}

/** Workers that are upgraded first: those with one of the names, and those with one of the labels `key=value`. */
export interface Canary {
  readonly names: readonly string[];
  readonly labels: readonly string[];
}

export const isCanary = ({ name, labels }: ClusterNode, canary: Canary): boolean =>
  canary.names.includes(name) || Object.entries(labels).some((label) => canary.labels.includes(label.join('=')));

/** Returns the workers that still need work, in the order in which they joined. */
export function workerTasks(nodes: readonly ClusterNode[], target: KubeVersion): NodeTask[] {
  return inJoinOrder(nodes.filter((node) => !node.controlPlane))
    .filter((node) => needsUpgrade(node, target))
    .map((node) => ({ name: node.name, role: 'worker' }));
}

/** The groups of nodes, in the order of their upgrade. */
export interface UpgradeOrder {
  readonly controlPlanes: readonly NodeTask[];
  readonly canaries: readonly NodeTask[];
  readonly workers: readonly NodeTask[];
}

/** `only`: the only nodes to upgrade, by name; empty means all. */
export function upgradeOrderOf(
  nodes: readonly ClusterNode[],
  target: KubeVersion,
  only: readonly string[],
  canary: Canary,
): UpgradeOrder {
  const wanted = ({ name }: NodeTask): boolean => only.length === 0 || only.includes(name);
  const first = nodes.filter((node) => isCanary(node, canary));
  const isFirst = (task: NodeTask): boolean => first.some(({ name }) => name === task.name);
  const workers = workerTasks(nodes, target).filter(wanted);
  return {
    controlPlanes: controlPlaneTasks(nodes, target).filter(wanted),
    canaries: workers.filter(isFirst),
    workers: workers.filter((task) => !isFirst(task)),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
