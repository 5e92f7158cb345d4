import type { Requirement } from '../kubernetes/label-selector.ts';
import type { NodeExclusion } from '../node/exclusion.ts';

/** A requirement of a step pod on the labels of its node. A missing key satisfies `NotIn`. */
export interface HostRequirement extends Requirement {
  readonly operator: 'In' | 'NotIn';
}

/**
 * Every kubelet sets the first two labels: https://kubernetes.io/docs/reference/labels-annotations-taints/. The other
 * labels keep step pods off excluded nodes, when a label identifies them. KubeEdge sets node-role.kubernetes.io/edge
 * and node-role.kubernetes.io/agent. The first one is also a common role of ingress nodes.
 */
export function hostRequirements(architectures: readonly string[], exclude: NodeExclusion): HostRequirement[] {
  const { kinds, labels } = exclude;
  const notIn = (key: string, values: readonly string[]): HostRequirement => ({ key, operator: 'NotIn', values });
  const byKey = Map.groupBy(labels, (label) => label.slice(0, label.indexOf('=')));
  return [
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    { key: 'kubernetes.io/arch', operator: 'In', values: architectures },
    ...(kinds.includes('virtual-kubelet')
      ? [notIn('type', ['virtual-kubelet', 'kwok']), notIn('liqo.io/type', ['virtual-node'])]
      : []),
    ...(kinds.includes('kubeedge') ? [notIn('node-role.kubernetes.io/agent', [''])] : []),
    ...[...byKey].map(([key, all]) =>
      notIn(
        key,
        all.map((label) => label.slice(key.length + 1)),
      ),
    ),
  ];
}
