import { kubeTag, oldest, type KubeVersion } from '../../upgrade/kube-version.ts';
import { controlPlaneTasks, workerTasks, type NodeTask } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { kubeletAheadOf } from '../../upgrade/version-skew.ts';

export interface Inventory {
  readonly controlPlanes: readonly NodeTask[];
  readonly workers: readonly NodeTask[];
}

export interface InventoryWish {
  readonly target: KubeVersion;
  /** Empty: all nodes. */
  readonly only: readonly string[];
}

/** Either the nodes to do, or every reason why none may be begun. */
export function decide(nodes: readonly ClusterNode[], wish: InventoryWish): Inventory | { readonly problems: readonly string[] } {
  const wanted = ({ name }: NodeTask): boolean => wish.only.length === 0 || wish.only.includes(name);
  const controlPlanes = controlPlaneTasks(nodes, wish.target).filter(wanted);
  const workers = workerTasks(nodes, wish.target).filter(wanted);
  const problems = [
    ...unknownNames(nodes, wish.only),
    ...withoutAddress(nodes, [...controlPlanes, ...workers]),
    ...notReady(nodes, [...controlPlanes, ...workers]),
    ...withoutRunner(nodes, controlPlanes, workers),
    ...aheadOfControlPlane(nodes, controlPlanes, workers, wish.target),
  ];
  return problems.length > 0 ? { problems } : { controlPlanes, workers };
}

function unknownNames(nodes: readonly ClusterNode[], only: readonly string[]): string[] {
  const known = nodes.map((node) => node.name);
  return only
    .filter((name) => !known.includes(name))
    .map((name) => `There is no node ${name}; the cluster has ${known.join(', ')}.`);
}

function withoutAddress(nodes: readonly ClusterNode[], tasks: readonly NodeTask[]): string[] {
  return nodes
    .filter((node) => node.internalIp === undefined && isTask(node, tasks))
    .map((node) => `Node ${node.name} has no InternalIP; SSH needs one.`);
}

/** A node that is down cannot be drained; one that an earlier run left in the middle may well be. */
function notReady(nodes: readonly ClusterNode[], tasks: readonly NodeTask[]): string[] {
  return nodes
    .filter((node) => !node.ready && node.ledger === undefined && isTask(node, tasks))
    .map((node) => `Node ${node.name} is not Ready. Bring it back, or take it out of the cluster.`);
}

/** No step may run on the node that it drains: control-plane work runs on a worker, worker work on a control plane. */
function withoutRunner(nodes: readonly ClusterNode[], controlPlanes: readonly NodeTask[], workers: readonly NodeTask[]): string[] {
  const fit = nodes.filter((node) => node.ready && (!node.unschedulable || node.ledger?.cordonedByUs === true));
  const problems: string[] = [];
  if (controlPlanes.length > 0 && !fit.some((node) => !node.controlPlane)) {
    problems.push('Control-plane nodes are upgraded from a worker, and no worker is Ready and schedulable. Add or uncordon one.');
  }
  if (workers.length > 0 && !fit.some((node) => node.controlPlane)) {
    problems.push('Workers are upgraded from a control-plane node, and none is Ready and schedulable. Uncordon one.');
  }
  return problems;
}

function aheadOfControlPlane(
  nodes: readonly ClusterNode[],
  controlPlanes: readonly NodeTask[],
  workers: readonly NodeTask[],
  target: KubeVersion,
): string[] {
  const left = nodes.filter((node) => node.controlPlane && !isTask(node, controlPlanes));
  const apiServers = oldest(left.flatMap((node) => node.staticPods.flatMap((pod) => pod.version ?? [])));
  if (apiServers === undefined) return [];
  return workers.flatMap((task) => kubeletAheadOf(apiServers, target, task.name) ?? []);
}

const isTask = (node: ClusterNode, tasks: readonly NodeTask[]): boolean => tasks.some((task) => task.name === node.name);

/** For the log: who is done, in which order. */
export function describe(inventory: Inventory, target: KubeVersion): string {
  const names = (tasks: readonly NodeTask[]): string => tasks.map((task) => task.name).join(', ') || 'none';
  return `To ${kubeTag(target)}: control plane ${names(inventory.controlPlanes)}; workers ${names(inventory.workers)}.`;
}
