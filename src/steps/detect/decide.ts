import {
  formatKubeVersion,
  formatMinor,
  isNewer,
  kubeTag,
  newest,
  oldest,
  sameMinor,
  sameVersion,
  type KubeVersion,
} from '../../upgrade/kube-version.ts';
import { atVersion, isToDo } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { parseMadison } from '../../upgrade/package-list.ts';
import { unreadable, type Unreadable } from '../../upgrade/reading.ts';
import { judgeHop, type HopKind } from '../../upgrade/version-skew.ts';
import type { DetectFacts } from './observe.ts';

export interface DetectWish {
  readonly requestedTarget: KubeVersion | undefined;
  readonly patchPolicy: 'auto' | 'off';
  readonly skipVersions: readonly string[];
}

export interface Detection {
  readonly verdict: 'upgrade' | 'none' | 'refused';
  readonly target: KubeVersion | undefined;
  readonly kind: HopKind | 'none';
  readonly running: KubeVersion;
  readonly reason: string;
}

/** Rules in order, the first with an opinion wins: what was begun, what was asked for, what is new. */
export function decide(facts: DetectFacts, wish: DetectWish): Detection | Unreadable {
  const running = oldest(facts.nodes.map((node) => node.kubelet));
  if (running === undefined) return unreadable('The API server lists no nodes.');
  const offered = parseMadison(facts.madison, 'kubeadm');
  if (offered.length === 0) {
    return unreadable(
      `apt-cache madison kubeadm on ${facts.askedNode} names no version: is its Kubernetes source empty?`,
    );
  }
  return (
    finishWhatWasBegun(facts.nodes, running, wish) ??
    whatWasAsked(facts, running, offered, wish) ??
    newestPatch(facts, running, offered, wish)
  );
}

function finishWhatWasBegun(
  nodes: readonly ClusterNode[],
  running: KubeVersion,
  wish: DetectWish,
): Detection | undefined {
  const begun = begunVersion(nodes);
  if (begun === undefined) return undefined;
  const behind = nodes.filter((node) => isToDo(node, begun)).map((node) => node.name);
  if (behind.length === 0) return undefined;
  const why = `${kubeTag(begun)} was begun and is not finished on ${behind.join(', ')}`;
  if (wish.requestedTarget !== undefined && !sameVersion(wish.requestedTarget, begun)) {
    return refuse(
      running,
      `${why}; ${kubeTag(wish.requestedTarget)} was asked for. Finish the first: target=${formatKubeVersion(begun)}.`,
    );
  }
  if (isSkipped(begun, wish)) {
    return refuse(
      running,
      `${why}; policy.skipVersions names it, so it goes no further. Take it off that list to have it finished.`,
    );
  }
  return hopTo(begun, running, `${why}; it is finished before anything newer is taken.`);
}

/** The newest version that a control-plane node carries, or that an open ledger names. */
function begunVersion(nodes: readonly ClusterNode[]): KubeVersion | undefined {
  const ledgers = nodes.flatMap((node) => (node.ledger === undefined ? [] : [node.ledger.to]));
  const running = nodes
    .filter((node) => node.controlPlane)
    .flatMap((node) => [node.kubelet, ...node.staticPods.flatMap((pod) => pod.version ?? [])]);
  return newest([...running, ...ledgers]);
}

function whatWasAsked(
  facts: DetectFacts,
  running: KubeVersion,
  offered: readonly KubeVersion[],
  wish: DetectWish,
): Detection | undefined {
  const target = wish.requestedTarget;
  if (target === undefined) return undefined;
  if (facts.nodes.every((node) => atVersion(node, target)))
    return none(running, `Every node is at ${kubeTag(target)}.`);
  const hop = judgeHop(running, target);
  if (!hop.allowed) return refuse(running, hop.because);
  if (!facts.nodes.some((node) => isToDo(node, target))) {
    return none(running, `Every node is at ${kubeTag(target)} or ahead of it.`);
  }
  if (isSkipped(target, wish)) {
    return refuse(
      running,
      `${kubeTag(target)} was asked for, and policy.skipVersions names it. Take it off that list first.`,
    );
  }
  if (!offered.some((version) => sameVersion(version, target))) {
    return refuse(
      running,
      `${kubeTag(target)} is not offered to ${facts.askedNode}; offered: ${offered.map(formatKubeVersion).join(', ')}.`,
    );
  }
  return hopTo(target, running, `${kubeTag(target)} was asked for.`);
}

function newestPatch(
  facts: DetectFacts,
  running: KubeVersion,
  offered: readonly KubeVersion[],
  wish: DetectWish,
): Detection | Unreadable {
  const minor = formatMinor(running);
  const ofMinor = offered.filter((version) => sameMinor(version, running));
  if (ofMinor.length === 0) {
    const found = offered.map(formatKubeVersion).join(', ');
    return unreadable(
      `The package source of ${facts.askedNode} offers no ${minor}, which the cluster runs; it offers ${found}.`,
    );
  }
  const newer = ofMinor.filter((version) => isNewer(version, running));
  const target = newest(newer.filter((version) => !isSkipped(version, wish)));
  if (target === undefined) {
    const but = newer.length > 0 ? ` but those of policy.skipVersions: ${newer.map(formatKubeVersion).join(', ')}` : '';
    return none(running, `No patch of ${minor} newer than ${kubeTag(running)} is offered${but}.`);
  }
  if (wish.patchPolicy === 'off') return none(running, `${kubeTag(target)} is offered; the policy for patches is off.`);
  return hopTo(
    target,
    running,
    `${kubeTag(target)} is the newest patch of ${minor} that is offered; the cluster runs ${kubeTag(running)}.`,
  );
}

const isSkipped = (version: KubeVersion, wish: DetectWish): boolean =>
  wish.skipVersions.includes(formatKubeVersion(version));

function hopTo(target: KubeVersion, running: KubeVersion, reason: string): Detection {
  const hop = judgeHop(running, target);
  return hop.allowed
    ? { verdict: 'upgrade', target, kind: hop.kind, running, reason }
    : refuse(running, `${reason} ${hop.because}`);
}

const none = (running: KubeVersion, reason: string): Detection => ({
  verdict: 'none',
  target: undefined,
  kind: 'none',
  running,
  reason,
});
const refuse = (running: KubeVersion, reason: string): Detection => ({
  verdict: 'refused',
  target: undefined,
  kind: 'none',
  running,
  reason,
});
