import { objectName } from '../../text/object-name.ts';
import { budgetName, isSinglePod, protectionOf } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../upgrade/drain/policy.ts';
import { formatAmount } from '../../upgrade/kubernetes/quantity.ts';
import {
  accepts,
  minus,
  plus,
  insufficientResources,
  unplacedPods,
  type Amounts,
  type NodeRoom,
} from '../../upgrade/drain/room.ts';
import { nameList } from '../../text/name-list.ts';
import type { PlacedPod } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';
import {
  claimNames,
  whenReady,
  podsToEvict,
  nodesToDrain,
  type DrainCheckResult,
  type ClusterState,
} from './cluster-state.ts';

/** Free resources of the nodes that take pods: `free` now, `most` after all pods but those of DaemonSets left. */
interface Rooms {
  readonly nodes: readonly NodeRoom[];
  readonly free: ReadonlyMap<string, Amounts>;
  readonly most: ReadonlyMap<string, Amounts>;
}

/** Checks whether evicted pods fit on other nodes, by requests, taints, selectors and required node affinity. */
export function judgeRoom(state: ClusterState, input: RehearseInput): DrainCheckResult {
  const rooms = roomsOf(state, input);
  const results = drainGroups(state, input).map((drained) => judgeGroup(drained, rooms, state, input));
  return {
    problems: results.flatMap(({ problems }) => problems),
    warnings: results.flatMap(({ warnings }) => warnings),
  };
}

function roomsOf({ nodes, podsOn }: ClusterState, input: RehearseInput): Rooms {
  const open = nodes.filter(({ takesPods }) => takesPods);
  const left = (node: NodeRoom, counts: (pod: PlacedPod) => boolean): Amounts =>
    minus(node.allocatable, total((podsOn.get(node.name) ?? []).filter(counts)));
  return {
    nodes: open,
    free: new Map(open.map((node) => [node.name, left(node, () => true)])),
    most: new Map(open.map((node) => [node.name, left(node, (pod) => filterStatus(pod, input).kind === 'leave')])),
  };
}

/** Groups of nodes that are drained together: each node alone, and the `maxUnavailable` workers with the largest load. */
function drainGroups(state: ClusterState, input: RehearseInput): (readonly string[])[] {
  const alone = nodesToDrain(input).map((node) => [node]);
  const together = Math.min(input.maxUnavailable, input.workers.length);
  if (together < 2) return alone;
  const size = (node: string, resource: string): number => total(podsToEvict(node, state, input))[resource] ?? 0;
  const largest = input.workers
    .map(({ name }) => name)
    .sort((a, b) => size(b, 'memory') - size(a, 'memory') || size(b, 'cpu') - size(a, 'cpu') || (a < b ? -1 : 1));
  return [...alone, largest.slice(0, together)];
}

function judgeGroup(
  drained: readonly string[],
  rooms: Rooms,
  state: ClusterState,
  input: RehearseInput,
): DrainCheckResult {
  const others = rooms.nodes.filter(({ name }) => !drained.includes(name));
  const where = `when ${drained.join(' and ')} ${drained.length === 1 ? 'is' : 'are'} drained`;
  const judged = drained
    .flatMap((node) => podsToEvict(node, state, input))
    .map((pod) => ({ pod, ...candidateNodes(pod, others, rooms, state) }));
  const pinned = judged.filter(({ to }) => to.length === 0).map(({ pod }) => pod);
  const tooLarge = judged
    .filter(({ to, large }) => to.length > 0 && large.length === 0)
    .map(({ pod, to }) => tooLargeText(pod, to, where));
  const evicted = judged
    .filter(({ large }) => large.length > 0)
    .map(({ pod, large }) => ({ name: objectName(pod), requests: pod.needs.requests, to: names(large) }));
  const tight = unplacedPods(evicted, new Map([...rooms.free].filter(([name]) => !drained.includes(name))));
  const refusing = input.noRoom === 'refuse';
  return {
    problems: [...(refusing ? tooLarge : []), ...pinned.flatMap((pod) => pinnedProblem(pod, state, input, where))],
    warnings: [...(refusing ? [] : tooLarge), ...pinnedWarning(pinned, state, where), ...tightWarning(tight, where)],
  };
}

/** `to`: nodes that accept the pod. `large`: those of them with enough resources, apart from pods that may leave. */
function candidateNodes(pod: PlacedPod, others: readonly NodeRoom[], { most }: Rooms, { pinnedVolumes }: ClusterState) {
  const mounted = claimNames(pod);
  const terms = pinnedVolumes.filter(({ claim }) => mounted.includes(claim)).map(({ nodeTerms }) => nodeTerms);
  const to = others.filter((node) => accepts(node, pod.needs, terms));
  const large = to.filter(({ name }) => insufficientResources(most.get(name) ?? {}, pod.needs.requests).length === 0);
  return { to, large };
}

const total = (pods: readonly PlacedPod[]): Amounts => pods.map(({ needs }) => needs.requests).reduce(plus, {});
const names = (nodes: readonly NodeRoom[]): string[] => nodes.map(({ name }) => name);

const tightWarning = (pods: readonly string[], where: string): string[] =>
  pods.length === 0
    ? []
    : [
        `By an estimate, no other node has room for ${nameList(pods)} ${where}: they may stay Pending until it is uncordoned.`,
      ];

function tooLargeText(pod: PlacedPod, to: readonly NodeRoom[], where: string): string {
  const { requests } = pod.needs;
  const asks = Object.keys(requests)
    .filter((resource) => resource !== 'pods')
    .sort()
    .map((resource) => `${resource} ${formatAmount(resource, requests[resource] ?? 0)}`);
  return `${objectName(pod)} requests ${asks.join(', ') || 'a place'}, and ${where} no node that accepts it is large enough (${nameList(names(to))}). Add a node, or set drain.noRoom: warn to let it stay Pending until its node is uncordoned.`;
}

/** A drain deletes the single pod of a budget only when another node can run it. */
function pinnedProblem(pod: PlacedPod, { budgets }: ClusterState, input: RehearseInput, where: string): string[] {
  const protection = protectionOf(whenReady(pod), budgets);
  if (input.deleteDeadlocked !== 'single' || protection.kind !== 'deadlock' || !isSinglePod(protection.budget))
    return [];
  return [
    `${objectName(pod)} is the only pod that ${budgetName(protection.budget)} counts, and no other node accepts it ${where}: it would stay Pending until its node is uncordoned. Let the budget allow its eviction, or set drain.deleteDeadlocked: always.`,
  ];
}

/** Names the pods without a budget. A budget that allows an eviction shows that its owner accepts the absence. */
function pinnedWarning(pods: readonly PlacedPod[], { budgets }: ClusterState, where: string): string[] {
  const unprotected = pods.filter((pod) => protectionOf(whenReady(pod), budgets).kind === 'free');
  if (unprotected.length === 0) return [];
  return [
    `No other node accepts ${nameList(unprotected.map(objectName))} ${where}: they stay Pending until it is uncordoned.`,
  ];
}
