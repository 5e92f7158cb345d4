import { isTolerated, type NodeTerm, type Placement } from './room.ts';

/** The taint of a cordon. https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-unschedulable */
const TAINT = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** The taint of a cordon, for a message. */
export const CORDON = `${TAINT.key}:${TAINT.effect}`;

/** Whether the scheduler puts such a pod also on a node that is cordoned. */
export const toleratesCordon = ({ tolerations }: Placement): boolean => isTolerated(TAINT, tolerations);

/** Controllers such as the DaemonSet controller name the node of each pod in one of these. */
const HOSTNAME = 'kubernetes.io/hostname';
const NAME = 'metadata.name';

/** Whether only one node can take such a pod, whatever API group its controller is of. */
export const isPinned = ({ nodeSelector, nodeTerms }: Placement): boolean =>
  nodeSelector[HOSTNAME] !== undefined ||
  (nodeTerms.length > 0 && new Set(nodeTerms.map(onlyNode)).size === 1 && onlyNode(nodeTerms[0]) !== undefined);

/** The node that a term names; undefined when it names none or several. */
function onlyNode(term: NodeTerm | undefined): string | undefined {
  const named = [
    ...(term?.fields ?? []).filter(({ key }) => key === NAME),
    ...(term?.expressions ?? []).filter(({ key }) => key === HOSTNAME),
  ].find(({ operator, values }) => operator === 'In' && values.length === 1);
  return named && `${named.key} ${named.values[0] ?? ''}`;
}
