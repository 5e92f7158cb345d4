import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import type { KubeVersion } from '../../upgrade/kube-version.ts';
import type { Ledger } from '../../upgrade/ledger.ts';
import { atVersion } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { NodePod } from '../ports/cluster.ts';
import type { DrainFacts } from './observe.ts';
import { opinionOn, type DrainPolicy } from './policy.ts';

export interface DrainWish extends DrainPolicy {
  readonly run: string;
  readonly target: KubeVersion;
  readonly timeoutSeconds: number;
}

export type DrainAction =
  | { readonly kind: 'cordon'; readonly node: ClusterNode; readonly ledger: Ledger }
  | { readonly kind: 'evict'; readonly pods: readonly NodePod[] }
  /** The host was not touched: give the node back as it was found. */
  | { readonly kind: 'give-up'; readonly node: ClusterNode; readonly because: string };

/** `held`: what a disruption budget said of a pod (`namespace/name`) at the last try. */
export function decide(
  { node, pods }: DrainFacts,
  wish: DrainWish,
  held: ReadonlyMap<string, string>,
  elapsedSeconds: number,
): Decision<DrainAction> {
  if (atVersion(node, wish.target)) return done(`${node.name} runs the target already; nothing to drain.`);
  const objections = pods.flatMap((pod) => objection(pod, wish));
  if (objections.length > 0) return refuse(`${node.name} may not be drained:\n${objections.join('\n')}`);
  if (!prepared(node, wish)) return cordon(node, wish);

  const going = pods.filter((pod) => opinionOn(pod, wish).kind === 'evict');
  if (going.length === 0) return done(`${node.name} is drained.`);
  if (elapsedSeconds >= wish.timeoutSeconds) return giveUp(node, going, wish, held);
  const toEvict = going.filter((pod) => !pod.terminating);
  if (toEvict.length === 0) return wait(2, `${node.name}: waiting for ${going.length} pods to end.`);
  return act({ kind: 'evict', pods: toEvict }, `${node.name}: ${going.length} pods must go.`);
}

/** Whether the node carries this run's ledger and takes no new pods. */
function prepared(node: ClusterNode, wish: DrainWish): boolean {
  return node.unschedulable && node.ledger?.run === wish.run && node.ledger.phase === 'draining';
}

function cordon(node: ClusterNode, wish: DrainWish): Decision<DrainAction> {
  // A ledger that an earlier run left open knows whose the cordon is; without one, a cordon is somebody else's.
  const cordonedByUs = node.ledger?.cordonedByUs ?? !node.unschedulable;
  const from = node.ledger?.from ?? node.kubelet;
  const ledger: Ledger = { run: wish.run, from, to: wish.target, phase: 'draining', cordonedByUs };
  const whose = node.unschedulable ? 'it is cordoned already' : 'cordoning it';
  return act({ kind: 'cordon', node, ledger }, `${node.name}: opening the ledger; ${whose}.`);
}

function giveUp(
  node: ClusterNode,
  going: readonly NodePod[],
  wish: DrainWish,
  held: ReadonlyMap<string, string>,
): Decision<DrainAction> {
  const pods = going.map((pod) => `${podName(pod)}: ${held.get(podName(pod)) ?? stillThere(pod)}`);
  const because = `${node.name} was not drained within ${wish.timeoutSeconds} s. Still there:\n${pods.join('\n')}`;
  return act({ kind: 'give-up', node, because }, `${node.name}: giving up; its host was not touched.`);
}

function objection(pod: NodePod, wish: DrainWish): string[] {
  const opinion = opinionOn(pod, wish);
  return opinion.kind === 'object' ? [`${podName(pod)}: ${opinion.because}.`] : [];
}

export const podName = (pod: NodePod): string => `${pod.namespace}/${pod.name}`;
const stillThere = (pod: NodePod): string => (pod.terminating ? 'told to end, has not ended.' : 'not evicted yet.');
