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
  /** The host was not touched: give the node back as it was found, and refuse. */
  | { readonly kind: 'give-up'; readonly node: string; readonly run: string; readonly because: string };

/** `held`: what a disruption budget said of a pod (`namespace/name`) at the last try. */
export function decide(
  { node, pods }: DrainFacts,
  wish: DrainWish,
  held: ReadonlyMap<string, string>,
  elapsedSeconds: number,
): Decision<DrainAction> {
  if (atVersion(node, wish.target)) return done(`${node.name} runs the target already; nothing to drain.`);
  const objections = pods.flatMap((pod) => objection(pod, wish));
  const may = `${node.name} may not be drained:\n${objections.join('\n')}`;
  if (!prepared(node, wish)) return objections.length > 0 ? refuse(may) : cordon(node, wish);
  // One that was put there while we cordoned it.
  if (objections.length > 0) return giveUp(node, wish, may);

  const going = pods.filter((pod) => opinionOn(pod, wish).kind === 'evict');
  if (going.length === 0) return done(`${node.name} is drained.`);
  if (elapsedSeconds >= wish.timeoutSeconds) return giveUp(node, wish, timedOut(node, going, wish, held));
  const toEvict = going.filter((pod) => !pod.terminating);
  if (toEvict.length === 0) return wait(2, `${node.name}: waiting for ${going.length} pods to end.`);
  return act({ kind: 'evict', pods: toEvict }, `${node.name}: ${going.length} pods must go.`);
}

/** Whether the node carries this run's ledger and takes no new pods. */
function prepared(node: ClusterNode, wish: DrainWish): boolean {
  return node.unschedulable && node.ledger?.run === wish.run;
}

function cordon(node: ClusterNode, wish: DrainWish): Decision<DrainAction> {
  // A ledger that an earlier run left open knows whose the cordon is; without one, a cordon is somebody else's.
  const cordonedByUs = !node.unschedulable || node.ledger?.cordonedByUs === true;
  const from = node.ledger?.from ?? node.kubelet;
  const phase = hostTouched(node) ? 'upgrading' : 'draining';
  const ledger: Ledger = { run: wish.run, from, to: wish.target, phase, cordonedByUs };
  const whose = node.unschedulable ? 'it is cordoned already' : 'cordoning it';
  return act({ kind: 'cordon', node, ledger }, `${node.name}: opening the ledger; ${whose}.`);
}

/** What was begun on the host stays begun, whoever drains it again: then it must not take pods half-way. */
const hostTouched = ({ ledger }: ClusterNode): boolean =>
  ledger?.phase === 'upgrading' || ledger?.phase === 'verifying';

function giveUp(node: ClusterNode, { run }: DrainWish, because: string): Decision<DrainAction> {
  if (hostTouched(node)) {
    return refuse(
      `${because}\nAn upgrade was begun on ${node.name} earlier and did not end: it stays cordoned until one does.`,
    );
  }
  return act({ kind: 'give-up', node: node.name, run, because }, `${node.name}: giving up; its host was not touched.`);
}

function timedOut(
  node: ClusterNode,
  going: readonly NodePod[],
  wish: DrainWish,
  held: ReadonlyMap<string, string>,
): string {
  const pods = going.map((pod) => `${podName(pod)}: ${whyStillThere(pod, held)}`);
  return `${node.name} was not drained within ${wish.timeoutSeconds} s. Still there:\n${pods.join('\n')}`;
}

function objection(pod: NodePod, wish: DrainWish): string[] {
  const opinion = opinionOn(pod, wish);
  return opinion.kind === 'object' ? [`${podName(pod)}: ${opinion.because}.`] : [];
}

export const podName = (pod: NodePod): string => `${pod.namespace}/${pod.name}`;
const whyStillThere = (pod: NodePod, held: ReadonlyMap<string, string>): string =>
  pod.terminating ? 'told to end, has not ended.' : (held.get(podName(pod)) ?? 'not evicted yet.');
