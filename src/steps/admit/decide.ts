import { whyClosed, whyTooLong } from '../../run/admission.ts';
import { alertProblem, ALERT_REMEDY, passedAlertsText, type AlertCheck } from '../../signals/alert-check.ts';
import { refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { waitForKured, type HoldKured } from '../../run/kured-lock.ts';
import { usualSeconds, usualSecondsOfOthers } from '../../run/estimate.ts';
import { needsUpgrade, canFinish, type Direction } from '../../upgrade/node/order.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { whyRerun } from '../../run/rerun.ts';
import { haltedBecause } from '../../run/stop.ts';
import type { KuredState } from '../ports/kured.ts';
import type { AdmitInput, WatchInput } from './contract.ts';
import type { AdmitFacts, WatchedFacts } from './observe.ts';

/** `skip`: the node needs no change. */
export interface Admission {
  readonly verdict: 'go' | 'skip' | 'pause' | 'halt';
  readonly because: string;
  /** The pause applies to this node only. The nodes after it are still checked. */
  readonly alone?: true;
}

type Rule = (node: ClusterNode, facts: AdmitFacts, input: AdmitInput) => Admission | undefined;

const BEYOND: Readonly<Record<Direction, string>> = { forward: 'ahead of', back: 'behind' };

/** The first rule that returns an admission decides. The kill switch precedes every rule that lets a node begin. */
const RULES: readonly Rule[] = [
  (node, _, { target, direction }) =>
    needsUpgrade(node, target, direction)
      ? undefined
      : skip(`${node.name} needs no change: it is at ${kubeTag(target)} or ${BEYOND[direction]} it.`),
  // Argo begins no further list item or batch after a failure. Another worker of the same batch can have failed, though.
  (node, { failed }) => (failed ? skip(`A step of this run failed, so ${node.name} is not begun.`) : undefined),
  (_, { killSwitch }) => (killSwitch === undefined ? undefined : halt(haltedBecause(killSwitch))),
  (_, { stop }) => (stop?.verdict === 'halt' ? halt(stop.because) : undefined),
  // A node that stays cordoned is worse than an upgrade outside the maintenance window.
  (node, { nodes }, { target }) =>
    canFinish(node, nodes, target)
      ? go(`${node.name} was begun earlier, so it is finished also outside the maintenance window.`)
      : undefined,
  // Otherwise a node could begin before one that had to wait, such as a worker before its control plane.
  (_, { stop }) => (stop === undefined ? undefined : pause(stop.because)),
  (_, { nowMs }, { maintenance }) => optional(whyClosed(maintenance, nowMs)),
  tooLong,
];

/**
 * A worker writes its own last duration. A pause that only this duration explains therefore applies to this worker alone.
 */
function tooLong(
  node: ClusterNode,
  { nodes, nowMs }: AdmitFacts,
  { maintenance, assumedNodeSeconds: assumedSeconds }: AdmitInput,
): Admission | undefined {
  const why = (usual: number | undefined): string | undefined =>
    whyTooLong(node.name, { usualSeconds: usual, assumedSeconds }, maintenance, nowMs);
  const because = why(usualSeconds(node, nodes));
  if (because === undefined) return undefined;
  const alsoByOthers = node.controlPlane || why(usualSecondsOfOthers(node, nodes)) !== undefined;
  return alsoByOthers ? pause(because) : { ...pause(because), alone: true };
}

export function decide(facts: AdmitFacts, input: AdmitInput): Admission {
  const node = facts.nodes.find(({ name }) => name === input.node);
  if (node === undefined) return skip(nodeIsGone(input.node));
  for (const rule of RULES) {
    const admission = rule(node, facts, input);
    if (admission !== undefined) return admission;
  }
  return go(`${node.name} may begin.`);
}

const POLL_SECONDS = 15;

/**
 * Decides like {@link decide}, and waits for kured and for new alerts to clear. Everything else is checked again meanwhile.
 * The run holds the lock of kured since it began. It takes the lock again after `argo retry` or when the DaemonSet was recreated.
 */
export function decideWatching(
  facts: WatchedFacts,
  input: WatchInput,
  elapsedSeconds: number,
): Decision<HoldKured<KuredState>, Admission> {
  const rerun = facts.nodes.flatMap((node) => (node.name === input.node ? (whyRerun(node, input) ?? []) : []))[0];
  if (rerun !== undefined) return refuse(rerun);
  const admission = decide(facts, input);
  if (admission.verdict !== 'go') return done(admission, passedAlertsText(facts.alertCheck));
  const { nowMs } = facts;
  const kured = waitForKured(facts.kured, { ...input, uid: input.runUid, nowMs, elapsedSeconds });
  if (kured.kind !== 'done') return kured;
  if (kured.value !== undefined) return done(pause(kured.value));
  const problem = alertProblem(facts.alertCheck);
  if (problem === undefined) return done(admission, passedAlertsText(facts.alertCheck));
  const { node, alertWaitSeconds: limit } = input;
  if (elapsedSeconds < limit) return wait(POLL_SECONDS, `${node} waits for up to ${limit} s: ${problem}.`);
  return refuse(
    `${node} was not begun: waited ${elapsedSeconds} s, and ${problem}. ${UNTOUCHED} ${REMEDIES[facts.alertCheck.kind]}`,
  );
}

const done = (value: Admission, passed = ''): Decision<never, Admission> => ({
  kind: 'done',
  value,
  because: `${value.verdict}: ${value.because}${passed}`,
});

const REMEDIES: Readonly<Record<AlertCheck['kind'], string>> = {
  off: '',
  quiet: '',
  firing: ALERT_REMEDY,
  unknown: 'Fix the named cause, or set monitoring.alerts.source: off.',
};

const UNTOUCHED = 'This run has not touched it.';

const go = (because: string): Admission => ({ verdict: 'go', because });
const skip = (because: string): Admission => ({ verdict: 'skip', because });
const pause = (because: string): Admission => ({ verdict: 'pause', because });
const halt = (because: string): Admission => ({ verdict: 'halt', because });
const optional = (because: string | undefined): Admission | undefined =>
  because === undefined ? undefined : pause(because);
