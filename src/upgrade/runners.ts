import type { NodeTask } from './node-order.ts';
import type { ClusterNode } from './node.ts';
import { whyNoRunner } from './runner.ts';

/** No step may run on the node that it drains: control-plane work runs on a worker, worker work on a control plane. */
export function withoutRunner(
  nodes: readonly ClusterNode[],
  controlPlanes: readonly NodeTask[],
  workers: readonly NodeTask[],
): string[] {
  const isControlPlaneTask = ({ name }: ClusterNode): boolean => controlPlanes.some((task) => task.name === name);
  const [hosts, others] = [nodes.filter((node) => !node.controlPlane), nodes.filter((node) => node.controlPlane)];
  return [
    ...(controlPlanes.length === 0
      ? []
      : noRunner('Control-plane nodes are upgraded from a worker', hosts, NO_WORKER, () => true)),
    ...(workers.length === 0
      ? []
      : // The control plane is done first: one that an earlier run cordoned takes pods again when the workers' turn comes.
        noRunner('Workers are upgraded from a control-plane node', others, NO_CONTROL_PLANE, (node) => {
          return !(node.ledger?.cordonedByUs === true && isControlPlaneTask(node));
        })),
  ];
}

const NO_WORKER =
  'there is none. A step never runs on the node that it drains, so a cluster needs a worker: add one, or upgrade this cluster by hand.';
const NO_CONTROL_PLANE = 'the API server lists none. Is its label node-role.kubernetes.io/control-plane gone?';

function noRunner(
  rule: string,
  nodes: readonly ClusterNode[],
  none: string,
  cordonCounts: (node: ClusterNode) => boolean,
): string[] {
  if (nodes.length === 0) return [`${rule}, and ${none}`];
  const reasons = nodes.map((node) => ({ node, why: whyNoRunner(node, cordonCounts(node)) }));
  if (reasons.some(({ why }) => why.length === 0)) return [];
  const each = reasons.map(({ node, why }) => `${node.name}: ${why.join(', ')}`);
  return [`${rule}, and none can host the steps: ${each.join('; ')}. Put one of them right.`];
}

/** Two or more at once must leave some: one worker of one is what a small cluster has. */
export function tooManyAtOnce(
  nodes: readonly ClusterNode[],
  workers: readonly NodeTask[],
  maxUnavailable: number,
): string[] {
  const usable = nodes.filter((node) => !node.controlPlane && node.ready && !node.unschedulable).length;
  if (workers.length <= 1 || maxUnavailable <= 1 || maxUnavailable < usable) return [];
  return [
    `workers.maxUnavailable is ${maxUnavailable}, and only ${usable} workers are Ready and schedulable: none would be left. Lower it.`,
  ];
}
