import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { objectName } from '../../text/object-name.ts';
import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { whyNeverEvictable, protectionOf } from '../../upgrade/drain/disruption-budget.ts';
import { filterStatus } from '../../upgrade/drain/policy.ts';
import type { UpgradeRecord } from '../../upgrade/node/upgrade-record.ts';
import { CORDON } from '../../upgrade/drain/node-bound.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { NodePod } from '../ports/cluster.ts';
import type { DrainInput } from './contract.ts';
import { tryFindDeletion, type PodDeletion } from './deadlock.ts';
import { nameList } from '../../text/name-list.ts';
import { evictionAnswer, isOverdue, stillAttached, volumesToDetach, remaining } from './leftovers.ts';
import type { DrainProgress } from './progress.ts';
import type { DrainFacts } from './observe.ts';

export type DrainAction =
  | { readonly kind: 'cordon'; readonly node: ClusterNode; readonly upgradeRecord: UpgradeRecord }
  | { readonly kind: 'evict'; readonly pods: readonly NodePod[] }
  | ({ readonly kind: 'delete' } & PodDeletion)
  /** The host was not touched: give the node back as it was found, and refuse. */
  | { readonly kind: 'give-up'; readonly node: string; readonly run: string; readonly because: string };

/** A budget seems to allow no eviction for a moment while its controller counts again. */
const SETTLE_SECONDS = 60;

export function decide(
  facts: DrainFacts,
  input: DrainInput,
  progress: DrainProgress,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const { node, pods } = facts;
  if (atVersion(node, input.target)) return done(`${node.name} runs the target already; nothing to drain.`);
  const problems = [...pods.flatMap((pod) => ownPod(pod, input)), ...pods.flatMap((pod) => filterProblem(pod, input))];
  const refusal = `${node.name} may not be drained:\n${problems.join('\n')}`;
  // One that was put there while we cordoned it.
  if (problems.length > 0) return isCordonedByRun(node, input) ? abandon(node, input, refusal) : refuse(refusal);
  return isCordonedByRun(node, input)
    ? drainPods(facts, input, progress, elapsedSeconds)
    : begin(facts, input, elapsedSeconds);
}

/** Whether the node carries this run's upgrade record and takes no new pods. */
function isCordonedByRun(node: ClusterNode, input: DrainInput): boolean {
  return node.unschedulable && node.upgradeRecord?.run === input.runUid;
}

function begin(
  { node, pods, budgets, denied }: DrainFacts,
  input: DrainInput,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const neverEvictable = pods
    .filter((pod) => filterStatus(pod, input).kind === 'evict')
    .flatMap((pod) => {
      const policy = denied.get(pod.uid);
      const why =
        policy === undefined
          ? whyNeverEvictable(protectionOf(pod, budgets), pod, input.deleteDeadlocked)
          : evictionAnswer(policy);
      return why === undefined ? [] : [`${objectName(pod)}: ${why}`];
    });
  if (neverEvictable.length === 0) return cordon(node, input);
  const because = `${node.name} could never be drained:\n${neverEvictable.join('\n')}`;
  return elapsedSeconds < SETTLE_SECONDS ? wait(10, because) : refuse(because);
}

function cordon(node: ClusterNode, input: DrainInput): Decision<DrainAction> {
  // An open upgrade record of an earlier run says who cordoned the node. Without one, the cordon is not ours.
  const cordonedByUs = !node.unschedulable || node.upgradeRecord?.cordonedByUs === true;
  const from = node.upgradeRecord?.from ?? node.kubelet;
  const phase = hostTouched(node.upgradeRecord) ? 'upgrading' : 'draining';
  const upgradeRecord: UpgradeRecord = { run: input.runUid, from, to: input.target, phase, cordonedByUs };
  const cordonState = node.unschedulable ? 'it is cordoned already' : 'cordoning it';
  return act({ kind: 'cordon', node, upgradeRecord }, `${node.name}: opening its upgrade record; ${cordonState}.`);
}

function drainPods(
  facts: DrainFacts,
  input: DrainInput,
  progress: DrainProgress,
  elapsedSeconds: number,
): Decision<DrainAction> {
  const { node, pods, budgets } = facts;
  const departing = pods.filter((pod) => filterStatus(pod, input).kind === 'evict');
  const volumes = departing.length > 0 ? [] : volumesToDetach(facts, input);
  if (departing.length + volumes.length === 0)
    return done([`${node.name} is drained.${leftPods(node, pods)}`, ...stillAttached(facts.attached)].join('\n'));
  const reason = whyNeverEnds(facts, departing, progress) ?? timeoutReason(input, progress, elapsedSeconds);
  if (reason !== undefined) {
    const left = remaining(facts, input, progress).join('\n');
    return abandon(node, input, `${node.name} was not drained: ${reason}. Still there:\n${left}`);
  }
  if (departing.length === 0) return wait(5, `${node.name}: waiting for ${volumes.length} volumes to be detached.`);
  const deletion = tryFindDeletion(departing, budgets, input.deleteDeadlocked, progress);
  if (deletion !== undefined)
    return act({ kind: 'delete', ...deletion }, `${objectName(deletion.pod)}: ${deletion.because}`);
  const toEvict = departing.filter((pod) => !pod.terminating && mayEvictAgain(pod, progress, elapsedSeconds));
  if (toEvict.length === 0) return wait(2, waiting(facts, departing));
  return act({ kind: 'evict', pods: toEvict }, `${node.name}: ${departing.length} pods to evict.`);
}

/** DaemonSets of Kubernetes and static pods are on every node and are not named. */
function leftPods({ name }: ClusterNode, pods: readonly NodePod[]): string {
  const bound = pods.filter(({ boundToNode, mirror }) => boundToNode && !mirror).map(objectName);
  if (bound.length === 0) return '';
  return ` Left there, since a controller would put them on ${name} again in spite of its cordon: ${nameList(bound)}.`;
}

/** What no waiting changes. A policy may have been changed a moment ago, and a pod may be denied only for that moment. */
function whyNeverEnds(
  { node, recreating }: DrainFacts,
  departing: readonly NodePod[],
  { rejected }: DrainProgress,
): string | undefined {
  if (departing.some(({ uid }) => (rejected.get(uid)?.deniedSeconds ?? 0) >= SETTLE_SECONDS))
    return `an admission policy has denied an eviction for ${SETTLE_SECONDS} s`;
  if (recreating.length === 0) return undefined;
  const who = recreating.slice(0, MAX_LISTED).map(({ madeBy, pods }) => `${madeBy} (${pods} times)`);
  return `pods come back though ${node.name} is cordoned, made by ${who.join(', ')}. Stop what makes them, or give them the toleration of ${CORDON}, with which a drain leaves them`;
}

const MAX_LISTED = 5;

function timeoutReason(input: DrainInput, { idleSeconds }: DrainProgress, elapsedSeconds: number): string | undefined {
  if (elapsedSeconds >= input.maximumSeconds) return `it took longer than ${input.maximumSeconds} s`;
  return idleSeconds >= input.timeoutSeconds
    ? `for ${input.timeoutSeconds} s no pod left and no volume was detached`
    : undefined;
}

const mayEvictAgain = ({ uid }: NodePod, { rejected }: DrainProgress, elapsedSeconds: number): boolean =>
  (rejected.get(uid)?.askAgainAtSeconds ?? 0) <= elapsedSeconds;

function waiting({ node, nowMs }: DrainFacts, departing: readonly NodePod[]): string {
  const overdue = departing.filter((pod) => isOverdue(pod, nowMs)).map(objectName);
  const reason = overdue.length === 0 ? '' : ` Past their grace: ${overdue.join(', ')}.`;
  return `${node.name}: waiting for ${departing.length} pods to end.${reason}`;
}

function abandon(node: ClusterNode, { runUid: run }: DrainInput, because: string): Decision<DrainAction> {
  if (hostTouched(node.upgradeRecord)) {
    return refuse(
      `${because}\nAn earlier upgrade of ${node.name} has not finished: the node stays cordoned until an upgrade finishes.`,
    );
  }
  return act(
    { kind: 'give-up', node: node.name, run, because },
    `${node.name}: stopping the drain; its host was not changed.`,
  );
}

function filterProblem(pod: NodePod, input: DrainInput): string[] {
  const status = filterStatus(pod, input);
  return status.kind === 'object' ? [`${objectName(pod)}: ${status.because}.`] : [];
}

/** The affinity of the step pods keeps this from happening; were it gone, the drain would end its own hand. */
const ownPod = (pod: NodePod, input: DrainInput): string[] =>
  pod.namespace === input.namespace && pod.name === input.podName && pod.phase === 'Running'
    ? [
        `${objectName(pod)}: it is the pod of this step, which must not run on the node that it drains. Render and apply dist/ again.`,
      ]
    : [];
