import { submitCommand } from '../../upgrade/operation.ts';
import { addressProblems } from '../../upgrade/node/ssh-host.ts';
import {
  formatKubeVersion,
  isNewer,
  kubeTag,
  newest,
  sameVersion,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import type { NodeTask } from '../../upgrade/node/order.ts';
import { unknownName, type OtherNodes } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { unknownVersionProblem } from '../../upgrade/node/unknown-version.ts';
import { kubeletSkew } from '../../upgrade/kubernetes/version-skew.ts';
import type { RollbackInput } from './contract.ts';

interface Rollback {
  readonly target: KubeVersion;
  readonly workers: readonly NodeTask[];
  readonly result: string;
}

/** Returns the target of the rollback, or every reason against it. */
export function decide(
  nodes: readonly ClusterNode[],
  { node: name, requestedTarget }: RollbackInput,
  others: OtherNodes = {},
): Rollback | { readonly problems: readonly string[] } {
  const node = nodes.find((each) => each.name === name);
  if (node === undefined) return { problems: unknownName(name, nodes, others) };
  const target = requestedTarget ?? cameFrom(node);
  const problems = [...whyNotControlPlane(node), ...addressProblems(nodes, [name]), ...whyNotTo(target, node, nodes)];
  if (target === undefined || problems.length > 0) return { problems };
  return { target, workers: [{ name, role: 'worker' }], result: resultOf(node, target) };
}

/** Returns the version before the upgrade in progress, or before the last upgrade unless the kubelet has changed since. */
function cameFrom({ upgradeRecord, lastUpgrade, kubelet }: ClusterNode): KubeVersion | undefined {
  if (upgradeRecord !== undefined) return upgradeRecord.from;
  return lastUpgrade !== undefined && sameVersion(lastUpgrade.to, kubelet) ? lastUpgrade.from : undefined;
}

const whyNotControlPlane = ({ name, controlPlane }: ClusterNode): string[] =>
  controlPlane
    ? [
        `${name} is a control-plane node, and kubeadm does not downgrade one. To go back, restore the etcd snapshot that the run took before the upgrade.`,
      ]
    : [];

function whyNotTo(target: KubeVersion | undefined, node: ClusterNode, nodes: readonly ClusterNode[]): string[] {
  const { name, kubelet } = node;
  if (target === undefined)
    return [
      `${name} runs ${kubeTag(kubelet)} and has no record of the version before it. Name the version: -p target=X.Y.Z`,
    ];
  if (sameVersion(target, kubelet))
    return [
      `${name} is at ${kubeTag(target)} already.${node.upgradeRecord === undefined ? '' : ` To close the upgrade record that a run left open on it: ${submitCommand('reset')}`}`,
    ];
  if (isNewer(target, kubelet))
    return [
      `${kubeTag(target)} is newer than ${kubeTag(kubelet)}, which ${name} runs: that is an upgrade. ${submitCommand('upgrade-node', `nodes=${name}`, `target=${formatKubeVersion(target)}`)}`,
    ];
  const apiServers = nodes.flatMap(({ staticPods }) =>
    staticPods.flatMap(({ component, version }) => (component === 'kube-apiserver' ? (version ?? []) : [])),
  );
  const unknown = unknownVersionProblem(nodes);
  if (unknown.length > 0) return unknown;
  const apiServer = newest(apiServers);
  if (apiServer === undefined)
    return [
      'No API server shows its version, and a kubelet must not be too far behind. Is its kube-apiserver pod there?',
    ];
  const skew = kubeletSkew(target, apiServer);
  return skew === undefined
    ? []
    : [`${name} cannot go back to ${kubeTag(target)}: found ${skew.found}; needed ${skew.needed}.`];
}

const resultOf = ({ name, kubelet }: ClusterNode, target: KubeVersion): string =>
  [
    `${name} is back at ${kubeTag(target)}, from ${kubeTag(kubelet)}.`,
    `The next run takes it to the version of the control plane again. To hold it there: policy.skipVersions: ['${formatKubeVersion(kubelet)}'] in clusters/<name>.yaml, npm run synth, commit; every night is refused then until a later patch is asked for or the line is gone. Or suspend the nightly.`,
  ].join('\n');
