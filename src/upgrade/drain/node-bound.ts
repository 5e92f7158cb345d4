import { isTolerated, type NodeTerm, type Placement } from './room.ts';

/**
 * The taint of a cordon.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-unschedulable
 */
const TAINT = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** The taint of a cordon, for a message. */
export const CORDON = `${TAINT.key}:${TAINT.effect}`;

/** Returns whether the scheduler also places such a pod on a cordoned node. */
export const toleratesCordon = ({ tolerations }: Placement): boolean => isTolerated(TAINT, tolerations);

/** Controllers such as the DaemonSet controller name the node of each pod in one of these fields. */
const HOSTNAME = 'kubernetes.io/hostname';
const NAME = 'metadata.name';

/** Returns whether only one node can run such a pod, for a controller of any API group. */
export const isPinned = ({ nodeSelector, nodeTerms }: Placement): boolean =>
  nodeSelector[HOSTNAME] !== undefined ||
  (nodeTerms.length > 0 && new Set(nodeTerms.map(onlyNode)).size === 1 && onlyNode(nodeTerms[0]) !== undefined);

/** Returns the node that a term names; undefined when it names none or several. */
function onlyNode(term: NodeTerm | undefined): string | undefined {
  const named = [
    ...(term?.fields ?? []).filter(({ key }) => key === NAME),
    ...(term?.expressions ?? []).filter(({ key }) => key === HOSTNAME),
  ].find(({ operator, values }) => operator === 'In' && values.length === 1);
  return named && `${named.key} ${named.values[0] ?? ''}`;
}
