import { submitCommand } from '../operation.ts';
import { formatKubeVersion, kubeTag } from '../kubernetes/kube-version.ts';
import { leftOutLine, type ExcludedNode } from './readings.ts';
import type { ClusterNode } from './node.ts';

/** Lists every cordoned node, every node that is down and every Deployment that is scaled to 0. */
export const nodeStates = ({
  nodes,
  heldDeployments = [],
  deploymentTrouble = [],
}: {
  readonly nodes: readonly ClusterNode[];
  readonly heldDeployments?: readonly string[];
  /** One sentence for each Deployment whose replicas could not be restored. */
  readonly deploymentTrouble?: readonly string[];
}): string[] => [
  ...nodes.filter((node) => node.upgradeRecord !== undefined || node.unschedulable || !node.ready).map(nodeState),
  ...nodes.flatMap(ignoredUpgradeRecordOf),
  ...heldDeployments.map((path) => `Deployment ${path}: held at 0 by this pipeline; the next run gives it back.`),
  ...deploymentTrouble,
];

/** Lists the excluded nodes, and what an earlier run left on one of them. No run resumes it. */
export const leftOutLines = (excluded: readonly ExcludedNode[]): readonly string[] => [
  ...leftOutLine(excluded),
  ...excluded
    .flatMap(({ node }) => node ?? [])
    .filter(({ upgradeRecord }) => upgradeRecord !== undefined)
    .map((node) => `${nodeState(node)} ${node.name} is left out, so no run resumes it. ${RESET}`),
];

const RESET = `To remove its upgrade record and lift the cordon: ${submitCommand('reset')}`;

function nodeState(node: ClusterNode): string {
  const down = node.ready ? [] : ['not Ready'];
  const says =
    node.upgradeRecord === undefined && !node.unschedulable ? down : [...down, ...cordonAndUpgradeRecord(node)];
  return `Node ${node.name}: ${says.join(', ')}.`;
}

function cordonAndUpgradeRecord({ unschedulable, upgradeRecord }: ClusterNode): string[] {
  const cordon = unschedulable ? 'cordoned' : 'schedulable';
  if (upgradeRecord === undefined) return [cordon, 'not by this pipeline'];
  const { from, to, phase, cordonedByUs } = upgradeRecord;
  const whose = unschedulable ? (cordonedByUs ? ' by this pipeline' : ' since before the run') : '';
  return [`${cordon}${whose}`, `${phase} from ${formatKubeVersion(from)} to ${formatKubeVersion(to)}`];
}

/** Returns a worker's upgrade record that no control-plane node confirms, and how to remove it. */
export function ignoredUpgradeRecordOf({ name, ignoredUpgradeRecord }: ClusterNode): string[] {
  if (ignoredUpgradeRecord === undefined) return [];
  const { to, annotation } = ignoredUpgradeRecord;
  return [
    `Node ${name} carries an upgrade record to ${kubeTag(to)}, which no control-plane node has begun. The record is ignored. Find out who wrote it, then remove it: kubectl annotate node ${name} ${annotation}-`,
  ];
}
