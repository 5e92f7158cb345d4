import {
  formatKubeVersion,
  formatMinor,
  isNewer,
  kubeTag,
  newest,
  sameMinor,
  sameVersion,
  type KubeVersion,
} from '../../upgrade/kube-version.ts';
import { inJoinOrder, isToDo } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { barOf } from '../../upgrade/version-choice.ts';
import { hopTo } from './skew.ts';
import { byHand, refuse, type DetectFacts, type DetectWish, type Opinion } from './thought.ts';

/** What was begun is finished before anything newer, whatever the policy says of new ones. Nobody is asked for it. */
export function finishWhatWasBegun(
  { nodes, heldDeployments = [] }: DetectFacts,
  wish: DetectWish,
): Opinion | undefined {
  const begun = begunVersion(nodes);
  if (begun === undefined) return undefined;
  const behind = inJoinOrder(nodes).filter((node) => isToDo(node, begun));
  if (behind.length === 0) return heldDeployments.length === 0 ? undefined : giveBack(begun, nodes, heldDeployments);
  const why = `${kubeTag(begun)} was begun and is not finished on ${behind.map(({ name }) => name).join(', ')}`;
  const bar = barOf(begun, wish);
  const { requestedTarget: asked } = wish;
  if (bar !== undefined) {
    if (asked !== undefined && sameMinor(asked, begun) && isNewer(asked, begun)) return undefined;
    const wayPast = `To go past it: ${byHand(`${formatMinor(begun)}.Z`)}, with a later patch.`;
    return refuse(`${why}, and goes no further. ${bar.because} ${bar.remedy} ${wayPast}`);
  }
  if (asked !== undefined && !sameVersion(asked, begun)) {
    return refuse(`${why}; ${kubeTag(asked)} was asked for. Finish the first: ${byHand(formatKubeVersion(begun))}`);
  }
  return hopTo(begun, nodes, `${why}; it is finished before anything newer is taken.`);
}

/** A run to where every node is: its exit handler gives back what an earlier one has left at 0. */
const giveBack = (at: KubeVersion, nodes: readonly ClusterNode[], held: readonly string[]): Opinion =>
  hopTo(
    at,
    nodes,
    `Every node is at ${kubeTag(at)}, and an earlier run holds at 0: ${held.join(', ')}; it is given back.`,
  );

/** The newest version that a control-plane node carries, or that an open ledger names. */
function begunVersion(nodes: readonly ClusterNode[]): KubeVersion | undefined {
  const ledgers = nodes.flatMap((node) => (node.ledger === undefined ? [] : [node.ledger.to]));
  const running = nodes
    .filter((node) => node.controlPlane)
    .flatMap((node) => [node.kubelet, ...node.staticPods.flatMap((pod) => pod.version ?? [])]);
  return newest([...running, ...ledgers]);
}
