import { submitCommand } from '../../upgrade/operation.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { blockingNodes } from '../../upgrade/node/readings.ts';
import { atTarget, needsUpgrade } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { RunId, UnscheduledPod } from '../ports/lease.ts';
import type { FinishFacts } from './observe.ts';

export { nodeStates } from '../../upgrade/node/states.ts';

const SUBMIT = submitCommand('upgrade');

export const ONCE_PUT_RIGHT = `Once that is put right, the next nightly run goes on by itself; not to wait for it: ${SUBMIT}.`;
export const ONCE_SWITCHED_OFF = `After that the next nightly run goes on by itself; not to wait for it: ${SUBMIT}.`;
export const NEXT_NIGHT_IN_WINDOW = 'The next nightly run that comes within a maintenance window goes on by itself.';

/** Argo retries only what it counts as failed. */
export const wayOn = (status: string, me: RunId): string =>
  status === 'Succeeded'
    ? `To go on: ${SUBMIT}.`
    : `To go on from where it stopped, once the cause is gone: argo retry -n k8s-upgrade ${me.name}.`;

type SeenNodes = Pick<FinishFacts, 'nodes' | 'unreadableNodes' | 'excludedNodes' | 'unread'>;

/**
 * Nodes in scope that are not done. A node that was named and is not there counts, as does one that cannot be read, unless
 * no step touches it.
 */
export function leftOver(facts: SeenNodes, target: KubeVersion, only: readonly string[]): string[] {
  const { nodes, unreadableNodes = [], excludedNodes = [] } = facts;
  const listed = [...nodes, ...unreadableNodes, ...excludedNodes].map(({ name }) => name);
  const gone = areListed(facts) ? only.filter((name) => !listed.includes(name)) : [];
  return [
    ...inScope(nodes, only)
      .filter((node) => needsUpgrade(node, target))
      .map(({ name }) => name),
    ...notRead(facts, only),
    ...gone.map((name) => `${name} (gone)`),
  ];
}

const areListed = ({ unread = [] }: SeenNodes): boolean => !unread.some(({ what }) => what === 'nodes');

/** Nodes in scope whose version is not known. */
export function notRead(facts: SeenNodes, only: readonly string[]): string[] {
  if (!areListed(facts)) return ['the nodes cannot be listed'];
  return inScope(blockingNodes({ unreadable: facts.unreadableNodes ?? [] }), only).map(
    ({ name }) => `${name} (cannot be read)`,
  );
}

export const inScope = <N extends { readonly name: string }>(nodes: readonly N[], only: readonly string[]): N[] =>
  nodes.filter(({ name }) => only.length === 0 || only.includes(name));

export const namesAtTarget = (nodes: readonly ClusterNode[], target: KubeVersion): string =>
  nodes
    .filter((node) => atTarget(node, target))
    .map(({ name }) => name)
    .join(', ') || 'no node';

export const leftAhead = (node: ClusterNode, target: KubeVersion): string[] =>
  atTarget(node, target) ? [] : [`Node ${node.name}: left as it was, ahead at ${kubeTag(node.kubelet)}.`];

export const noNodeFor = ({ pod, because }: UnscheduledPod): string => `No node took the pod ${pod}: ${because}`;

const MOST_LINES = 10;

/** The first of many lines, and how many there are besides. */
export const few = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more ${what}`];
