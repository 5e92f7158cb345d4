import { begunByControlPlane, isUnfinished } from '../../upgrade/node/control-plane.ts';
import {
  formatKubeVersion,
  formatMinor,
  isNewer,
  kubeTag,
  sameMinor,
  sameVersion,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import { atVersion, inJoinOrder } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { blockReasonOf } from '../../upgrade/kubernetes/version-choice.ts';
import { hopTo } from './skew.ts';
import type { DetectInput } from './contract.ts';
import { upgradeCommand, refuse, type DetectFacts, type RuleResult } from './detection.ts';

/**
 * Finishes an upgrade that the control plane began before any newer version, whatever the policy for new versions is.
 * It needs no approval. A worker with nothing but an open upgrade record does not delay a newer version: see
 * {@link finishUpgradeRecords}.
 */
export function finishUnfinishedUpgrade(
  { nodes, heldDeployments = [] }: DetectFacts,
  input: DetectInput,
): RuleResult | undefined {
  const begun = begunByControlPlane(nodes);
  if (begun === undefined) return undefined;
  const behind = inJoinOrder(nodes).filter((node) => isUnfinished(node, begun));
  if (behind.length === 0)
    return heldDeployments.length === 0 ? undefined : restoreDeployments(begun, nodes, heldDeployments);
  if (behind.every((node) => isUpgradeRecordOnly(node, begun))) return undefined;
  return finish(begun, behind, nodes, input);
}

/** Closes the open upgrade records of workers that run the version of the control plane. Undefined when none is open. */
export function finishUpgradeRecords({ nodes }: DetectFacts, input: DetectInput): RuleResult | undefined {
  const { requestedTarget: asked } = input;
  const begun = begunByControlPlane(nodes);
  if (begun === undefined || (asked !== undefined && !sameVersion(asked, begun))) return undefined;
  const open = inJoinOrder(nodes).filter((node) => isUnfinished(node, begun));
  return open.length === 0 ? undefined : finish(begun, open, nodes, input);
}

const isUpgradeRecordOnly = (node: ClusterNode, begun: KubeVersion): boolean =>
  !node.controlPlane && atVersion(node, begun);

function finish(
  begun: KubeVersion,
  behind: readonly ClusterNode[],
  nodes: readonly ClusterNode[],
  input: DetectInput,
): RuleResult | undefined {
  const why = `${kubeTag(begun)} was begun and is not finished on ${behind.map(({ name }) => name).join(', ')}`;
  const blocked = blockReasonOf(begun, input);
  const { requestedTarget: asked } = input;
  if (blocked !== undefined) {
    if (asked !== undefined && sameMinor(asked, begun) && isNewer(asked, begun)) return undefined;
    const wayPast = `To skip it, request a later patch (${upgradeCommand(`${formatMinor(begun)}.Z`)}).`;
    return refuse(`${why} and cannot continue. ${blocked.because} ${blocked.remedy} ${wayPast}`);
  }
  if (asked !== undefined && !sameVersion(asked, begun)) {
    return refuse(
      `${why}; ${kubeTag(asked)} was asked for. Finish that upgrade first: ${upgradeCommand(formatKubeVersion(begun))}`,
    );
  }
  return hopTo(begun, nodes, `${why}. The run finishes this upgrade before it takes a newer version.`);
}

/** A run to the version that every node runs. Its exit handler restores the Deployments that an earlier run left at 0. */
const restoreDeployments = (at: KubeVersion, nodes: readonly ClusterNode[], held: readonly string[]): RuleResult =>
  hopTo(
    at,
    nodes,
    `Every node is at ${kubeTag(at)}. An earlier run left these Deployments at 0 replicas: ${held.join(', ')}. This run restores them.`,
  );
