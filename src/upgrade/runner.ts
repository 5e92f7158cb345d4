import type { ClusterNode, Taint } from './node.ts';

export const CONTROL_PLANE_KEY = 'node-role.kubernetes.io/control-plane';

/** Follow from what a Node says of itself elsewhere: its cordon, its Ready condition. */
const SAID_ELSEWHERE = [
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
];

/** What keeps a step off the node; each as a sentence goes on: `it is cordoned`. Empty: it can host one. */
export function whyNoRunner(node: ClusterNode, cordonCounts = true): string[] {
  return [
    ...(node.ready ? [] : ['it is not Ready']),
    ...(node.unschedulable && cordonCounts ? ['it is cordoned'] : []),
    ...intolerable(node).map((taint) => `it has the taint ${formatTaint(taint)}, which no step tolerates`),
  ];
}

/** The steps tolerate one taint: that of the control plane, where they do the workers' part. */
function intolerable({ taints, controlPlane }: ClusterNode): Taint[] {
  return taints.filter(({ key, effect }) => {
    const tolerated = controlPlane && key === CONTROL_PLANE_KEY && effect === 'NoSchedule';
    return effect !== 'PreferNoSchedule' && !tolerated && !SAID_ELSEWHERE.includes(key);
  });
}

const formatTaint = ({ key, value, effect }: Taint): string => `${key}${value === '' ? '' : `=${value}`}:${effect}`;
