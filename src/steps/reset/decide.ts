import { formatKubeVersion, kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { followCommand } from '../../upgrade/host/node-job.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { BegunNode, ResetFacts } from './observe.ts';

export interface Reset {
  /** Names of the nodes whose upgrade record is closed. */
  readonly nodes: readonly string[];
  /** Nodes on which an attempt has begun. Their packages are held again. */
  readonly toHold: readonly ClusterNode[];
  /** One line for each cleared item. */
  readonly lines: readonly string[];
}

/** Clears everything or nothing: while a job runs on a node, a run is still in flight. */
export function decide(
  { begun, marks, held }: ResetFacts,
  { evenUnseen }: { readonly evenUnseen: boolean },
): Reset | { readonly problems: readonly string[] } {
  const problems = begun.flatMap((each) => whyNot(each, evenUnseen));
  if (problems.length > 0) return { problems: [...problems, 'Nothing was changed.'] };
  const lines = [
    ...begun.map(({ node }) => nodeLine(node)),
    ...marks.map(([mark, value]) => `Mark ${mark} removed. Its value was ${value}`),
    ...held.map((path) => `Deployment ${path}: no longer held at 0 by this project.`),
  ];
  const head = lines.length === 0 ? 'Nothing was left in flight.' : 'Cleared what earlier runs left in flight.';
  const toHold = begun
    .filter(({ node, atWork }) => atWork.known && hostTouched(node.upgradeRecord))
    .map(({ node }) => node);
  return { nodes: begun.map(({ node }) => node.name), toHold, lines: [head, ...lines, GAUGES] };
}

const GAUGES = 'The gauges show that no upgrade is in flight and that none has failed.';

function whyNot({ node: { name }, atWork }: BegunNode, evenUnseen: boolean): string[] {
  if (atWork.known)
    return atWork.value.map(
      (unit) => `${unit} runs on ${name}: wait until it ends. To follow it there: ${followCommand(unit)}`,
    );
  if (evenUnseen) return [];
  return [
    `It is not known whether a job runs on ${name}: ${atWork.reason}. Fix this. If the machine is gone for good: -p evenUnseen=true.`,
  ];
}

function nodeLine({ name, kubelet, upgradeRecord, unschedulable }: ClusterNode): string {
  if (upgradeRecord === undefined) return `Node ${name}: nothing was left.`;
  const { from, to, phase, cordonedByUs } = upgradeRecord;
  const way = `${phase} from ${formatKubeVersion(from)} to ${formatKubeVersion(to)}`;
  const cordon = unschedulable
    ? cordonedByUs
      ? ', uncordoned'
      : ', left cordoned: this project did not cordon it'
    : '';
  const half = hostTouched(upgradeRecord)
    ? ` Its kubelet reports ${kubeTag(kubelet)}; its packages may be half installed, which the next run fixes.`
    : '';
  return `Node ${name}: upgrade record closed (${way})${cordon}.${half}`;
}
