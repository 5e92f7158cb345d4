import { formatKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { inJoinOrder, upgradeOrderOf, type Canary, type NodeRole, type NodeTask } from '../upgrade/node/order.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../upgrade/node/node.ts';
import type { HopKind } from '../upgrade/kubernetes/version-skew.ts';

/** The groups in which nodes are upgraded. */
type NodeGroup = 'control-plane' | 'canary' | 'worker';

export interface PlannedNode {
  readonly node: ClusterNode;
  readonly role: NodeRole;
  readonly turn: NodeGroup;
}

/** What an upgrade would change, for the person who approves it. It contains no times. */
export interface Plan {
  readonly target: KubeVersion;
  readonly kind: HopKind;
  /** In the order of their upgrade. */
  readonly nodes: readonly PlannedNode[];
  /** Nodes that stay as they are. */
  readonly left: readonly ClusterNode[];
  /** Codes of the gate's findings, one for each finding. */
  readonly findings: readonly string[];
}

export interface PlanInput {
  readonly target: KubeVersion;
  readonly kind: HopKind;
  readonly only: readonly string[];
  readonly canary: Canary;
}

export function buildPlan(nodes: readonly ClusterNode[], input: PlanInput, findings: readonly string[]): Plan {
  const { target, kind, only, canary } = input;
  const order = upgradeOrderOf(nodes, target, only, canary);
  const planned = [
    ...inTurn(nodes, order.controlPlanes, 'control-plane'),
    ...inTurn(nodes, order.canaries, 'canary'),
    ...inTurn(nodes, order.workers, 'worker'),
  ];
  const isPlanned = ({ uid }: ClusterNode): boolean => planned.some(({ node }) => node.uid === uid);
  return {
    target,
    kind,
    nodes: planned,
    findings: [...findings].sort(),
    left: inJoinOrder(nodes).filter((node) => !isPlanned(node)),
  };
}

const inTurn = (nodes: readonly ClusterNode[], tasks: readonly NodeTask[], turn: NodeGroup): PlannedNode[] =>
  tasks.flatMap(({ name, role }) =>
    nodes.filter((node) => node.name === name).map((node): PlannedNode => ({ node, role, turn })),
  );

/**
 * Returns the same text for the same plan, independent of the order in which objects were listed. Its hash is the
 * digest.
 */
export const canonicalPlan = ({ target, kind, nodes, left, findings }: Plan): string =>
  JSON.stringify({
    target: formatKubeVersion(target),
    kind,
    nodes: nodes.map(({ node, role, turn }) => ({ ...identity(node), role, turn })),
    left: left.map(identity),
    findings,
  });

/** The UID differs for a Node that was recreated under an old name. */
const identity = (node: ClusterNode) => ({
  name: node.name,
  uid: node.uid,
  kubelet: formatKubeVersion(node.kubelet),
  ...(node.controlPlane ? { controlPlane: CONTROL_PLANE_COMPONENTS.map((each) => versionOf(node, each)) } : {}),
});

function versionOf({ staticPods }: ClusterNode, component: (typeof CONTROL_PLANE_COMPONENTS)[number]): string {
  const version = staticPods.find((pod) => pod.component === component)?.version;
  return version === undefined ? 'unknown' : formatKubeVersion(version);
}
