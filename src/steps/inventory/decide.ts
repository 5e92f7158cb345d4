import { batchesOf } from '../../upgrade/node/batches.ts';
import { addressProblems } from '../../upgrade/node/ssh-host.ts';
import { formatKubeVersion, kubeTag, newest, oldest, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import {
  controlPlaneTasks,
  isAhead,
  isCanary,
  needsUpgrade,
  upgradeOrderOf,
  type NodeTask,
  type UpgradeOrder,
} from '../../upgrade/node/order.ts';
import { leftOutLine, unknownName, unreadableLines, type OtherNodes } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { RunStop } from '../../run/stop.ts';
import { runnersAtOnce, singleControlPlane, tooManyAtOnce, withoutRunner } from '../../upgrade/drain/runners.ts';
import { apiServerOf } from '../../upgrade/node/ahead-of-api-server.ts';
import { unknownVersionProblem } from '../../upgrade/node/unknown-version.ts';
import { kubeletAheadOf } from '../../upgrade/kubernetes/version-skew.ts';
import type { InventoryInput } from './contract.ts';

export interface Inventory extends UpgradeOrder {
  /** The only control-plane node of the cluster: its steps cannot run on a control-plane node. */
  readonly singleControlPlanes: UpgradeOrder['controlPlanes'];
}

/** Returns the nodes to upgrade, or every reason why no node may begin. */
export function decide(
  nodes: readonly ClusterNode[],
  input: InventoryInput,
  stop?: RunStop,
  others: OtherNodes = {},
): Inventory | { readonly problems: readonly string[] } {
  // A later inventory of a run that begins no more nodes.
  if (stop !== undefined) return { controlPlanes: [], singleControlPlanes: [], canaries: [], workers: [] };
  const canary = { names: input.canaryNames, labels: input.canaryLabels };
  const turns = upgradeOrderOf(nodes, input.target, input.only, canary);
  const { controlPlanes } = turns;
  const workers = [...turns.canaries, ...turns.workers];
  const problems = [
    ...unknown(nodes, [...controlPlanes, ...workers]),
    ...nobodyNamed(input),
    ...input.only.flatMap((name) => unknownName(name, nodes, others)),
    ...ahead(nodes, input),
    ...addressProblems(
      nodes,
      [...controlPlanes, ...workers].map(({ name }) => name),
    ),
    ...notReady(nodes, [...controlPlanes, ...workers]),
    ...withoutRunner(nodes, [...controlPlanes, ...workers], input.runners),
    ...tooManyAtOnce(nodes, workers, input.maxUnavailable),
    ...runnersAtOnce(nodes, turns.workers, input.maxUnavailable, input.runners),
    ...withoutCanary(nodes, input),
    ...beforeTheFirst(controlPlaneTasks(nodes, input.target), controlPlanes),
    ...aheadOfControlPlane(nodes, controlPlanes, workers, input.target),
  ];
  if (problems.length > 0) return { problems };
  const single = singleControlPlane(nodes, input.runners);
  return {
    ...turns,
    controlPlanes: controlPlanes.filter(({ name }) => name !== single),
    singleControlPlanes: controlPlanes.filter(({ name }) => name === single),
  };
}

/** A component of unknown version never counts as upgraded: its node would be drained and upgraded by every run. */
const unknown = (nodes: readonly ClusterNode[], tasks: readonly NodeTask[]): string[] =>
  tasks.length === 0 ? [] : unknownVersionProblem(nodes);

function nobodyNamed({ only, scope }: InventoryInput): string[] {
  return scope === 'named-nodes' && only.length === 0 ? ['No node is named. Name the nodes: -p nodes=<name>'] : [];
}

/** A node ahead of the target is left alone. When it was named, or its upgrade was begun, an operator must look at it. */
function ahead(nodes: readonly ClusterNode[], { target, only }: InventoryInput): string[] {
  return nodes
    .filter((node) => isAhead(node, target) && (needsUpgrade(node, target) || only.includes(node.name)))
    .filter((node) => only.length === 0 || only.includes(node.name))
    .map((node) => {
      const seen = newest([node.kubelet, ...node.staticPods.flatMap((pod) => pod.version ?? [])]) ?? node.kubelet;
      const open =
        node.upgradeRecord === undefined
          ? ''
          : `, with an upgrade record open to ${formatKubeVersion(node.upgradeRecord.to)}`;
      return `Node ${node.name} runs ${kubeTag(seen)}${open}, which is newer than ${kubeTag(target)}; kubeadm does not downgrade. Do not name it, or request ${kubeTag(seen)}.`;
    });
}

/** A node that is not Ready cannot be drained. A node that an earlier run began may be not Ready. */
function notReady(nodes: readonly ClusterNode[], tasks: readonly NodeTask[]): string[] {
  return nodes
    .filter((node) => !node.ready && node.upgradeRecord === undefined && isTask(node, tasks))
    .map((node) => `Node ${node.name} is not Ready. Bring it back, or take it out of the cluster.`);
}

/** A canary is a safety setting: without a node that matches it, the step refuses. */
function withoutCanary(
  nodes: readonly ClusterNode[],
  { canaryNames: names, canaryLabels: labels }: InventoryInput,
): string[] {
  const asked = [...names, ...labels];
  if (asked.length === 0 || nodes.some((node) => !node.controlPlane && isCanary(node, { names, labels }))) return [];
  return [`No worker matches workers.canary: ${asked.join(', ')}. Correct the setting, or remove it.`];
}

/** kubeadm upgrade node takes its version from the cluster's configuration, which kubeadm upgrade apply moves. */
function beforeTheFirst(all: readonly NodeTask[], chosen: readonly NodeTask[]): string[] {
  const first = all.find(({ role }) => role === 'first-control-plane');
  if (first === undefined || chosen.some((task) => task.name === first.name)) return [];
  return chosen.map(
    ({ name }) =>
      `${name} cannot be upgraded before ${first.name}, because kubeadm upgrade apply runs there first. Name ${first.name} too.`,
  );
}

/** Control-plane nodes that this run does not upgrade. A kubelet must not be newer than their API servers. */
function aheadOfControlPlane(
  nodes: readonly ClusterNode[],
  controlPlanes: readonly NodeTask[],
  workers: readonly NodeTask[],
  target: KubeVersion,
): string[] {
  if (workers.length === 0) return [];
  const left = nodes.filter((node) => node.controlPlane && !isTask(node, controlPlanes));
  const missing = left.filter(({ staticPods }) => !staticPods.some(({ component }) => component === 'kube-apiserver'));
  const known = oldest(left.flatMap((node) => apiServerOf(node) ?? []));
  return [
    ...missing.map(
      ({ name }) =>
        `The version of the API server on ${name} cannot be seen, and a kubelet must not be newer. Is its kube-apiserver pod there?`,
    ),
    ...(known === undefined ? [] : workers.flatMap((task) => kubeletAheadOf(known, target, task.name) ?? [])),
  ];
}

const isTask = (node: ClusterNode, tasks: readonly NodeTask[]): boolean =>
  tasks.some((task) => task.name === node.name);

/** Returns the outputs of the step. Some of them hold the nodes of others in another form. */
export const listsOf = (order: Inventory, { maxUnavailable }: Pick<InventoryInput, 'maxUnavailable'>) => ({
  ...order,
  allControlPlanes: [...order.controlPlanes, ...order.singleControlPlanes],
  workerBatches: batchesOf(order.workers, maxUnavailable),
  allWorkers: [...order.canaries, ...order.workers],
});

/** For the log: the nodes to upgrade, in order. */
export function describe(inventory: Inventory, target: KubeVersion): string {
  const names = (tasks: readonly NodeTask[]): string => tasks.map((task) => task.name).join(', ') || 'none';
  const workers = [...inventory.canaries, ...inventory.workers];
  const controlPlanes = [...inventory.controlPlanes, ...inventory.singleControlPlanes];
  return `To ${kubeTag(target)}: control plane ${names(controlPlanes)}; workers ${names(workers)}.`;
}

/** For the log: nodes that are in no list, with the reason. */
export const describeOthers = ({ excluded = [], unreadable = [] }: OtherNodes): readonly string[] => [
  ...leftOutLine(excluded),
  ...unreadableLines(unreadable),
];
