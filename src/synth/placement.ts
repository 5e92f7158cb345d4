import { Ref } from './argo/ref.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, Template, Toleration } from './argo/types.ts';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const TOLERATE_CONTROL_PLANE: Toleration = { key: CONTROL_PLANE, operator: 'Exists', effect: 'NoSchedule' };
const onControlPlane: NodeSelectorRequirement = { key: CONTROL_PLANE, operator: 'Exists' };
const offControlPlane: NodeSelectorRequirement = { key: CONTROL_PLANE, operator: 'DoesNotExist' };

export type Placement = Pick<Template, 'affinity' | 'tolerations'>;

/** A step that touches no single node: a worker if there is one, else wherever it can run. */
export const anywhere: Placement = {
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [offControlPlane] } },
      ],
    },
  },
  tolerations: [TOLERATE_CONTROL_PLANE],
};

/** Work on a control-plane node runs on a worker, never on the node itself. */
export const forControlPlane: Placement = { affinity: awayFromTarget(offControlPlane) };

/** Work on a worker runs on a control-plane node, never on the node itself. */
export const forWorker: Placement = { affinity: awayFromTarget(onControlPlane), tolerations: [TOLERATE_CONTROL_PLANE] };

/**
 * The self-preemption invariant: no step pod runs on the node that it drains. By the Node's own name, which nobody can
 * relabel; both conditions stand in one term, since terms are alternatives.
 */
function awayFromTarget(where: NodeSelectorRequirement): NonNullable<Placement['affinity']> {
  const target = new Ref<string>('inputs.parameters.node').toString();
  const term: NodeSelectorTerm = {
    matchExpressions: [where],
    matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [target] }],
  };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}
