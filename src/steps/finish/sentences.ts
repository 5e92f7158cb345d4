import { kubeTag, type KubeVersion } from '../../upgrade/kube-version.ts';
import { atTarget, isToDo } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { RunId, UnscheduledPod } from '../ports/lease.ts';

export { nodeStates } from '../../upgrade/node-states.ts';

const SUBMIT = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade';

export const ONCE_PUT_RIGHT = `Once that is put right, the next nightly run goes on by itself; not to wait for it: ${SUBMIT}.`;
export const ONCE_SWITCHED_OFF = `After that the next nightly run goes on by itself; not to wait for it: ${SUBMIT}.`;
export const NEXT_NIGHT_IN_WINDOW = 'The next nightly run that comes within a maintenance window goes on by itself.';

/** Argo retries only what it counts as failed. */
export const wayOn = (status: string, me: RunId): string =>
  status === 'Succeeded'
    ? `To go on: ${SUBMIT}.`
    : `To go on from where it stopped, once the cause is gone: argo retry -n k8s-upgrade ${me.name}.`;

/** Nodes in scope that are not done; one that was named and is not there counts. */
export function leftOver(nodes: readonly ClusterNode[], target: KubeVersion, only: readonly string[]): string[] {
  const gone = only.filter((name) => !nodes.some((node) => node.name === name));
  return [
    ...inScope(nodes, only)
      .filter((node) => isToDo(node, target))
      .map(({ name }) => name),
    ...gone.map((name) => `${name} (gone)`),
  ];
}

export const inScope = (nodes: readonly ClusterNode[], only: readonly string[]): ClusterNode[] =>
  nodes.filter(({ name }) => only.length === 0 || only.includes(name));

export const namesAtTarget = (nodes: readonly ClusterNode[], target: KubeVersion): string =>
  nodes
    .filter((node) => atTarget(node, target))
    .map(({ name }) => name)
    .join(', ') || 'no node';

export const leftAhead = (node: ClusterNode, target: KubeVersion): string[] =>
  atTarget(node, target) ? [] : [`Node ${node.name}: left as it was, ahead at ${kubeTag(node.kubelet)}.`];

export const noNodeFor = ({ pod, because }: UnscheduledPod): string => `No node took the pod ${pod}: ${because}`;
