import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { objectName } from '../../text/object-name.ts';
import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { whyNeverEvictable, protectionOf, type DeadlockPolicy } from '../../upgrade/drain/disruption-budget.ts';
import { opinionOn, type DrainPolicy } from '../../upgrade/drain/policy.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { UpgradeRecord } from '../../upgrade/node/upgrade-record.ts';
import { CORDON } from '../../upgrade/drain/node-bound.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { NodePod } from '../ports/cluster.ts';
import { tryFindDeletion, type Deletion } from './deadlock.ts';
import { named } from '../../text/named.ts';
import { heldBecause, isOverdue, stillAttached, volumesToGo, whatIsLeft } from './leftovers.ts';
import type { Recollection } from './memory.ts';
import type { DrainFacts } from './observe.ts';

export interface DrainWish extends DrainPolicy {
  readonly run: string;
  /** The pod of this step. */
  readonly podName: string;
  readonly target: KubeVersion;
  /** For how long nothing may move. */
  readonly timeoutSeconds: number;
  /** For how long it may take although something moves. */
  readonly maximumSeconds: number;
  readonly deleteDeadlocked: DeadlockPolicy;
}

export type DrainAction =
  | { readonly kind: 'cordon'; readonly node: ClusterNode; readonly upgradeRecord: UpgradeRecord }
  | { readonly kind: 'evict'; readonly pods: readonly NodePod[] }
  | ({ readonly kind: 'delete' } & Deletion)
  /** The host was not touched: give the node back as it was found, and refuse. */
  | { readonly kind: 'give-up'; readonly node: string; readonly run: string; readonly because: string };

/** A budget seems to allow no eviction for a moment while its controller counts again. */
const SETTLE_SECONDS = 60;

export function decide(
  facts: DrainFacts,
  wish: DrainWish,
  memory: Recollection,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const { node, pods } = facts;
  if (atVersion(node, wish.target)) return done(`${node.name} runs the target already; nothing to drain.`);
  const objections = [...pods.flatMap((pod) => myself(pod, wish)), ...pods.flatMap((pod) => objection(pod, wish))];
  const may = `${node.name} may not be drained:\n${objections.join('\n')}`;
  // One that was put there while we cordoned it.
  if (objections.length > 0) return prepared(node, wish) ? giveUp(node, wish, may) : refuse(may);
  return prepared(node, wish) ? empty(facts, wish, memory, elapsedSeconds) : begin(facts, wish, elapsedSeconds);
}

/** Whether the node carries this run's ledger and takes no new pods. */
function prepared(node: ClusterNode, wish: DrainWish): boolean {
  return node.unschedulable && node.upgradeRecord?.run === wish.run;
}

function begin(
  { node, pods, budgets, denied }: DrainFacts,
  wish: DrainWish,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const hopeless = pods
    .filter((pod) => opinionOn(pod, wish).kind === 'evict')
    .flatMap((pod) => {
      const policy = denied.get(pod.uid);
      const why =
        policy === undefined
          ? whyNeverEvictable(protectionOf(pod, budgets), pod, wish.deleteDeadlocked)
          : heldBecause(policy);
      return why === undefined ? [] : [`${objectName(pod)}: ${why}`];
    });
  if (hopeless.length === 0) return cordon(node, wish);
  const because = `${node.name} could never be drained:\n${hopeless.join('\n')}`;
  return elapsedSeconds < SETTLE_SECONDS ? wait(10, because) : refuse(because);
}

function cordon(node: ClusterNode, wish: DrainWish): Decision<DrainAction> {
  // An open ledger of an earlier run says who cordoned the node. Without one, the cordon is not ours.
  const cordonedByUs = !node.unschedulable || node.upgradeRecord?.cordonedByUs === true;
  const from = node.upgradeRecord?.from ?? node.kubelet;
  const phase = hostTouched(node.upgradeRecord) ? 'upgrading' : 'draining';
  const upgradeRecord: UpgradeRecord = { run: wish.run, from, to: wish.target, phase, cordonedByUs };
  const whose = node.unschedulable ? 'it is cordoned already' : 'cordoning it';
  return act({ kind: 'cordon', node, upgradeRecord }, `${node.name}: opening the ledger; ${whose}.`);
}

function empty(
  facts: DrainFacts,
  wish: DrainWish,
  memory: Recollection,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const { node, pods, budgets } = facts;
  const going = pods.filter((pod) => opinionOn(pod, wish).kind === 'evict');
  const volumes = going.length > 0 ? [] : volumesToGo(facts, wish);
  if (going.length + volumes.length === 0)
    return done([`${node.name} is drained.${stayingOn(node, pods)}`, ...stillAttached(facts.attached)].join('\n'));
  const late = whyEndless(facts, going, memory) ?? lateness(wish, memory, elapsedSeconds);
  if (late !== undefined) {
    const left = whatIsLeft(facts, wish, memory).join('\n');
    return giveUp(node, wish, `${node.name} was not drained: ${late}. Still there:\n${left}`);
  }
  if (going.length === 0) return wait(5, `${node.name}: waiting for ${volumes.length} volumes to be detached.`);
  const deletion = tryFindDeletion(going, budgets, wish.deleteDeadlocked, memory);
  if (deletion !== undefined)
    return act({ kind: 'delete', ...deletion }, `${objectName(deletion.pod)}: ${deletion.because}`);
  const toEvict = going.filter((pod) => !pod.terminating && isAskable(pod, memory, elapsedSeconds));
  if (toEvict.length === 0) return wait(2, waiting(facts, going));
  return act({ kind: 'evict', pods: toEvict }, `${node.name}: ${going.length} pods must go.`);
}

/** DaemonSets of Kubernetes and static pods are on every node and are not named. */
function stayingOn({ name }: ClusterNode, pods: readonly NodePod[]): string {
  const bound = pods.filter(({ boundToNode, mirror }) => boundToNode && !mirror).map(objectName);
  if (bound.length === 0) return '';
  return ` Left there, since a controller would put them on ${name} again in spite of its cordon: ${named(bound)}.`;
}

/** What no waiting changes. A policy may have been changed a moment ago, and a pod may be denied only for that moment. */
function whyEndless(
  { node, returning }: DrainFacts,
  going: readonly NodePod[],
  { held }: Recollection,
): string | undefined {
  if (going.some(({ uid }) => (held.get(uid)?.deniedSeconds ?? 0) >= SETTLE_SECONDS))
    return `an admission policy has denied an eviction for ${SETTLE_SECONDS} s`;
  if (returning.length === 0) return undefined;
  const who = returning.slice(0, MOST_RETURNING).map(({ madeBy, pods }) => `${madeBy} (${pods} times)`);
  return `pods come back though ${node.name} is cordoned, made by ${who.join(', ')}. Stop what makes them, or give them the toleration of ${CORDON}, with which a drain leaves them`;
}

const MOST_RETURNING = 5;

function lateness(wish: DrainWish, { idleSeconds }: Recollection, elapsedSeconds: number): string | undefined {
  if (elapsedSeconds >= wish.maximumSeconds) return `it took longer than ${wish.maximumSeconds} s`;
  return idleSeconds >= wish.timeoutSeconds ? `nothing has moved for ${wish.timeoutSeconds} s` : undefined;
}

const isAskable = ({ uid }: NodePod, { held }: Recollection, elapsedSeconds: number): boolean =>
  (held.get(uid)?.askAgainAtSeconds ?? 0) <= elapsedSeconds;

function waiting({ node, nowMs }: DrainFacts, going: readonly NodePod[]): string {
  const overdue = going.filter((pod) => isOverdue(pod, nowMs)).map(objectName);
  const late = overdue.length === 0 ? '' : ` Past their grace: ${overdue.join(', ')}.`;
  return `${node.name}: waiting for ${going.length} pods to end.${late}`;
}

function giveUp(node: ClusterNode, { run }: DrainWish, because: string): Decision<DrainAction> {
  if (hostTouched(node.upgradeRecord)) {
    return refuse(
      `${because}\nAn upgrade was begun on ${node.name} earlier and did not end: it stays cordoned until one does.`,
    );
  }
  return act({ kind: 'give-up', node: node.name, run, because }, `${node.name}: giving up; its host was not touched.`);
}

function objection(pod: NodePod, wish: DrainWish): string[] {
  const opinion = opinionOn(pod, wish);
  return opinion.kind === 'object' ? [`${objectName(pod)}: ${opinion.because}.`] : [];
}

/** The affinity of the step pods keeps this from happening; were it gone, the drain would end its own hand. */
const myself = (pod: NodePod, wish: DrainWish): string[] =>
  pod.namespace === wish.namespace && pod.name === wish.podName && pod.phase === 'Running'
    ? [
        `${objectName(pod)}: it is this very step, which must not run on the node that it drains. Render and apply dist/ again.`,
      ]
    : [];
