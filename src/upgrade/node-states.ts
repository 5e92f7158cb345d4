import { formatKubeVersion } from './kube-version.ts';
import type { ClusterNode } from './node.ts';

/** No cordoned node goes unmentioned, nor one that is down, nor a Deployment that is held at 0. */
export const nodeStates = ({
  nodes,
  heldDeployments = [],
}: {
  readonly nodes: readonly ClusterNode[];
  readonly heldDeployments?: readonly string[];
}): string[] => [
  ...nodes.filter((node) => node.ledger !== undefined || node.unschedulable || !node.ready).map(nodeState),
  ...heldDeployments.map((path) => `Deployment ${path}: held at 0 by this pipeline; the next run gives it back.`),
];

function nodeState(node: ClusterNode): string {
  const down = node.ready ? [] : ['not Ready'];
  const says = node.ledger === undefined && !node.unschedulable ? down : [...down, ...cordonAndLedger(node)];
  return `Node ${node.name}: ${says.join(', ')}.`;
}

function cordonAndLedger({ unschedulable, ledger }: ClusterNode): string[] {
  const cordon = unschedulable ? 'cordoned' : 'takes pods';
  if (ledger === undefined) return [cordon, 'not by this pipeline'];
  const { from, to, phase, cordonedByUs } = ledger;
  const whose = unschedulable ? (cordonedByUs ? ' by this pipeline' : ' since before the run') : '';
  return [`${cordon}${whose}`, `${phase} from ${formatKubeVersion(from)} to ${formatKubeVersion(to)}`];
}
