import type { Alert, AlertScope } from './alert-gate.ts';
import { aboutNode } from './alert-node.ts';
import { apiServerOf } from '../upgrade/node/ahead-of-api-server.ts';
import { begunByControlPlane, isUnfinished } from '../upgrade/node/control-plane.ts';
import { formatKubeVersion, kubeTag, sameVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { inJoinOrder, isAhead } from '../upgrade/node/order.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import { UPGRADE_ALERTS, type Explanation } from './upgrade-alerts.ts';

/** The work of this project's upgrades that is in progress or unfinished. */
export interface OwnWork {
  /** Every node of the cluster. */
  readonly nodes: readonly ClusterNode[];
  /** Name of the node in its soak, which this run has drained. */
  readonly watched?: string;
}

/** An alert that does not count, with the reason. */
export interface PassedAlert {
  readonly alert: Alert;
  readonly because: string;
}

export const isUpgradeAlert = ({ name }: Alert): boolean => UPGRADE_ALERTS.some((known) => known.name === name);

/**
 * Splits alerts into those that count and those that this project's work explains. `work`: undefined when the nodes
 * could not be read. Then nothing explains an alert, and every alert counts. An alert that a team has made a gate
 * always counts.
 */
export function splitByWork(
  alerts: readonly Alert[],
  work: OwnWork | undefined,
  { gateLabel }: Pick<AlertScope, 'gateLabel'>,
): { readonly counted: readonly Alert[]; readonly passed: readonly PassedAlert[] } {
  const judged = alerts.map((alert) => ({
    alert,
    because: work !== undefined && alert.labels[gateLabel] !== 'true' ? whyPassed(alert, work) : undefined,
  }));
  return {
    counted: judged.flatMap(({ alert, because }) => (because === undefined ? [alert] : [])),
    passed: judged.flatMap(({ alert, because }) => (because === undefined ? [] : [{ alert, because }])),
  };
}

/**
 * Returns `passed: KubeVersionMismatch, because cp1 is at 1.35.2 and w1 at 1.34.9`. It lists each name and reason once.
 */
export function formatPassed(passed: readonly PassedAlert[]): string {
  const lines = new Set(passed.map(({ alert, because }) => `${alert.name}, because ${because}`));
  return `passed: ${[...lines].join('; ')}`;
}

function whyPassed(alert: Alert, work: OwnWork): string | undefined {
  const known = UPGRADE_ALERTS.find(({ name }) => name === alert.name);
  return known && EXPLAIN[known.explanation](alert, work);
}

const EXPLAIN: Readonly<Record<Explanation, (alert: Alert, work: OwnWork) => string | undefined>> = {
  versions: (_, { nodes }) => differingVersions(nodes),
  node: (alert, { nodes }) => nodeUnderWork(alert, nodes),
  'control-plane': (alert, { nodes }) =>
    nodeUnderWork(
      alert,
      nodes.filter(({ controlPlane }) => controlPlane),
    ),
  drain: (_, { nodes, watched }) => {
    const node = nodes.find(({ name, upgradeRecord }) => name === watched && upgradeRecord !== undefined);
    return node && `${node.name} was drained for this upgrade`;
  },
};

function nodeUnderWork(alert: Alert, nodes: readonly ClusterNode[]): string | undefined {
  const node = nodes.find((each) => each.upgradeRecord !== undefined && aboutNode(alert, each));
  return node?.upgradeRecord && `the upgrade of ${node.name} to ${kubeTag(node.upgradeRecord.to)} is not finished`;
}

/**
 * Returns undefined unless all versions are known and only the upgrade that the control plane has begun makes them
 * differ. Something else changed a component that is newer. While an upgrade record is open, an alert may need a moment
 * to resolve.
 */
function differingVersions(nodes: readonly ClusterNode[]): string | undefined {
  const controlPlanes = nodes.filter(({ controlPlane }) => controlPlane);
  const isKnown = controlPlanes.every(
    (node) => apiServerOf(node) !== undefined && node.staticPods.every(({ version }) => version !== undefined),
  );
  const begun = begunByControlPlane(nodes);
  if (!isKnown || begun === undefined || nodes.some((node) => isAhead(node, begun))) return undefined;
  const behind = inJoinOrder(nodes).filter((node) => isUnfinished(node, begun));
  const older = behind.find((node) => oldestOf(node, begun) !== undefined);
  if (older === undefined) return behind[0] && `${behind[0].name} has just moved to ${formatKubeVersion(begun)}`;
  const at = inJoinOrder(controlPlanes).find((node) => isAt(apiServerOf(node), begun));
  const seen = formatKubeVersion(oldestOf(older, begun) ?? begun);
  if (at?.name === older.name)
    return `the API server of ${at.name} is at ${formatKubeVersion(begun)} and its kubelet at ${seen}`;
  return at === undefined
    ? `${older.name} is at ${seen} and the upgrade to ${formatKubeVersion(begun)} is not finished`
    : `${at.name} is at ${formatKubeVersion(begun)} and ${older.name} at ${seen}`;
}

const isAt = (version: KubeVersion | undefined, begun: KubeVersion): boolean =>
  version !== undefined && sameVersion(version, begun);

/**
 * Returns the kubelet's version, or the API server's when the kubelet is upgraded. Undefined when both are upgraded.
 */
const oldestOf = (node: ClusterNode, begun: KubeVersion): KubeVersion | undefined =>
  [node.kubelet, ...(apiServerOf(node) === undefined ? [] : [apiServerOf(node)])].find(
    (version) => version !== undefined && !isAt(version, begun),
  );
