import { formatKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { inJoinOrder, turnsOf, type Canary, type NodeRole, type NodeTask } from '../upgrade/node/order.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../upgrade/node/node.ts';
import type { HopKind } from '../upgrade/kubernetes/version-skew.ts';

/** In whose turn a node is done. */
export const TURNS = ['control-plane', 'canary', 'worker'] as const;
export type Turn = (typeof TURNS)[number];

export interface PlannedNode {
  readonly node: ClusterNode;
  readonly role: NodeRole;
  readonly turn: Turn;
}

/** What an upgrade would do, as far as somebody who approves it must know. Nothing in it is a time. */
export interface Plan {
  readonly target: KubeVersion;
  readonly kind: HopKind;
  /** In the order in which they are done. */
  readonly nodes: readonly PlannedNode[];
  /** Nodes that are left as they are. */
  readonly left: readonly ClusterNode[];
  /** Codes of what the gate found, one for each finding. */
  readonly findings: readonly string[];
}

export interface PlanWish {
  readonly target: KubeVersion;
  readonly kind: HopKind;
  readonly only: readonly string[];
  readonly canary: Canary;
}

export function buildPlan(nodes: readonly ClusterNode[], wish: PlanWish, findings: readonly string[]): Plan {
  const { target, kind, only, canary } = wish;
  const turns = turnsOf(nodes, target, only, canary);
  const planned = [
    ...inTurn(nodes, turns.controlPlanes, 'control-plane'),
    ...inTurn(nodes, turns.canaries, 'canary'),
    ...inTurn(nodes, turns.workers, 'worker'),
  ];
  const isPlanned = ({ uid }: ClusterNode): boolean => planned.some(({ node }) => node.uid === uid);
  return {
    ...{ target, kind, nodes: planned, findings: [...findings].sort() },
    left: inJoinOrder(nodes).filter((node) => !isPlanned(node)),
  };
}

const inTurn = (nodes: readonly ClusterNode[], tasks: readonly NodeTask[], turn: Turn): PlannedNode[] =>
  tasks.flatMap(({ name, role }) =>
    nodes.filter((node) => node.name === name).map((node): PlannedNode => ({ node, role, turn })),
  );

/** The same text for the same plan, whatever the order in which things were listed: its hash is the digest. */
export const canonicalPlan = ({ target, kind, nodes, left, findings }: Plan): string =>
  JSON.stringify({
    target: formatKubeVersion(target),
    kind,
    nodes: nodes.map(({ node, role, turn }) => ({ ...identity(node), role, turn })),
    left: left.map(identity),
    findings,
  });

/** Of a Node that was made anew under an old name, the UID differs. */
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
