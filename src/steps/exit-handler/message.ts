import { failedNodes, failureLines, isHalt, namesOf } from '../../run/failures.ts';
import { formatMinute, kuredLockState, type KuredLockState } from '../../run/kured-lock.ts';
import { blockingNodes, unreadableLines, type UnreadableNode } from '../../upgrade/node/readings.ts';
import { leftOutLines, nodeStates } from '../../upgrade/node/states.ts';
import type { RunId } from '../ports/lease.ts';
import { isUnread, type EndFacts } from './facts.ts';

interface FailureReport {
  /** The kill switch stopped a step in the middle: a halt, although Argo counts a failure. */
  readonly halted: boolean;
  /** `, at w1` for the first line of the message; empty when no node is to be named. */
  readonly where: string;
  readonly lines: readonly string[];
}

/** `because`: what is wrong with a run whose steps all succeeded; undefined for a run in which a step failed. */
export function reportFailure(facts: EndFacts, me: RunId, because: string | undefined): FailureReport {
  const failures = because === undefined ? (facts.failures ?? []) : [];
  const nodes = failedNodes(failures);
  const steps = because === undefined ? failureLines(failures, me.name) : [`workflow: ${because}`];
  return {
    halted: failures.some(isHalt),
    where: nodes.length === 0 ? '' : `, at ${namesOf(nodes)}`,
    lines: [
      ...(steps.length > 0 || isUnread(facts, 'failures') ? steps : ['Argo names no failed step.']),
      ...few(
        facts.unscheduled.map(({ pod, because }) => `The scheduler found no node for the pod ${pod}: ${because}`),
        'pods without a node',
      ),
      ...few(
        facts.livePods.map((pod) => `Pod still running: ${pod}`),
        'pods that still run',
      ),
      ...nodeStates(facts),
      ...lockKept(facts, me),
    ],
  };
}

const MOST_LINES = 10;

/** Returns the first of many lines, and the number of the others. */
const few = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more ${what}`];

/** Returns undefined when there is no kured, or when its lock cannot be read. */
export const lockStateOf = ({ kured, nowMs }: EndFacts, me: RunId): KuredLockState | undefined =>
  kured === undefined || nowMs === undefined ? undefined : kuredLockState(kured.lock, me, nowMs, kured);

/** After a failure the run keeps the lock with the Lease: a half-upgraded node must not reboot, and `argo retry` needs both. */
function lockKept(facts: EndFacts, me: RunId): string[] {
  const state = lockStateOf(facts, me);
  if (state?.kind !== 'ours') return [];
  return [`This run keeps the lock of kured, so that kured rolls no node, until ${formatMinute(state.untilMs)}.`];
}

/** Appends what could not be read and which nodes are left out. */
export function withUnread<R extends { readonly message: string; readonly contradiction?: string }>(
  result: R,
  { unreadableNodes = [], unread = [], excludedNodes = [] }: EndFacts,
): R {
  const lines = [
    ...unreadableLines(unreadableNodes),
    ...unread.map(({ line }) => line),
    ...leftOutLines(excludedNodes),
  ];
  if (lines.length === 0) return result;
  const message = [result.message, ...lines].join('\n');
  return { ...result, message, ...(result.contradiction === undefined ? {} : { contradiction: message }) };
}

/** Without the nodes that the reason of a refusal names: detection refuses with all nodes that block every step. */
export const notNamedYet = (
  unreadable: readonly UnreadableNode[],
  verdict: string | undefined,
): readonly UnreadableNode[] =>
  verdict === 'refused' ? unreadable.filter(({ leftAlone = false }) => leftAlone) : unreadable;

/** Names that the run is about: `only`, or all of them when `only` is empty. */
export const inScope = <N extends { readonly name: string }>(nodes: readonly N[], only: readonly string[]): N[] =>
  nodes.filter(({ name }) => only.length === 0 || only.includes(name));

/** Returns the nodes in scope whose version is not known. */
export function notRead(facts: Pick<EndFacts, 'unread' | 'unreadableNodes'>, only: readonly string[]): string[] {
  if (isUnread(facts, 'nodes')) return ['the nodes cannot be listed'];
  return inScope(blockingNodes({ unreadable: facts.unreadableNodes ?? [] }), only).map(
    ({ name }) => `${name} (cannot be read)`,
  );
}
