import { notApproved } from '../../run/approval.ts';
import type { RunEnd } from '../../signals/gauges.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { atTarget, needsUpgrade } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { nodeStates } from '../../upgrade/node/states.ts';
import { AFTER_THAT, NEXT_RUN_IN_WINDOW, ONCE_FIXED, upgradeResumes } from '../../run/resume.ts';
import { haltedBecause, type RunStop } from '../../run/stop.ts';
import { isUnread } from '../exit-handler/facts.ts';
import { inScope, lockStateOf, notNamedYet, notRead, reportFailure, withUnread } from '../exit-handler/message.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import type { FinishInput } from './contract.ts';
import type { FinishFacts } from './observe.ts';

/** How an upgrade ended, and what its exit handler changes. */
export interface RunResult {
  readonly outcome: RunEnd;
  readonly message: string;
  /** The Lease to release. Kept after a failure: `argo retry` needs it, and a new run may take it over. */
  readonly release: LeaseRecord | undefined;
  /** An operator submitted the run and expects an answer, also for an outcome that sends no notice otherwise. */
  readonly answer?: true;
  /** Whether the marks of the run are removed. */
  readonly clear: boolean;
  /** The Lease as an ended run left it: taken for as long as its marks are cleared. */
  readonly tidy?: { readonly take: LeaseRecord | undefined };
  /** Argo counts the run as a success, and it is none. The exit handler fails with this message, and so does the run. */
  readonly contradiction?: string;
}

/** Returns how the run ended, from what Argo says and from what the nodes say; the nodes win. Names what could not be read. */
export function decide(facts: FinishFacts, input: FinishInput, me: RunId): RunResult {
  const result = judge(facts, input, me);
  return withUnread(result, { ...facts, unreadableNodes: notNamedYet(facts.unreadableNodes ?? [], result.outcome) });
}

function judge(facts: FinishFacts, input: FinishInput, me: RunId): RunResult {
  if (input.status !== 'Succeeded') return failed(facts, input, me);
  const reason = input.reason ?? 'No reason was given.';
  switch (input.verdict) {
    case undefined:
      return failed(facts, input, me, 'The detect step left no verdict.');
    case 'none':
      return withTidying(facts, untouched(facts, 'nothing-to-do', `Nothing to do. ${reason}`), me);
    case 'held':
      return judgeApproval(facts, input, me, reason);
    case 'refused':
      return untouched(facts, 'refused', `Refused. Nothing was changed. ${reason}`);
    case 'upgrade':
      return judgeGate(facts, input, me, reason);
  }
}

/** The upgrade waits for approval. The message has the findings of the gate, which raise no alert until then. */
function judgeApproval(facts: FinishFacts, input: FinishInput, me: RunId, reason: string): RunResult {
  const { gateVerdict, gateMessage, approval, planVerdict, planDigest = 'unknown', planMessage = '' } = input;
  if (gateVerdict === undefined) return untouched(facts, 'held', `On hold. Nothing was changed. ${reason}`);
  if (approval === 'approve') {
    const again = { ...input, gateVerdict: input.gateAgainVerdict, gateMessage: input.gateAgainMessage };
    const stopped = again.gateVerdict !== undefined && again.gateVerdict !== 'clear';
    if (stopped || planVerdict === 'valid') return judgeGate(facts, again, me, reason);
    if (planVerdict === 'void') return { ...untouched(facts, 'held', `On hold. ${planMessage}`), answer: true };
    return failed(facts, input, me, 'The plan was approved, and the plan step did not check it again.');
  }
  if (!input.detectionDryRun && gateVerdict === 'clear' && input.planDigest === undefined)
    return failed(facts, input, me, 'The plan step left no verdict.');
  if (input.detectionDryRun)
    return untouched(
      facts,
      'detected',
      `Detection only: the upgrade would wait for approval. ${reason}\n${gateMessage ?? ''}`.trim(),
    );
  const because = gateVerdict === 'clear' ? notApproved(approval, planDigest) : (gateMessage ?? '');
  const message = `On hold. Nothing was changed. ${reason}\n${because}\nThe next scheduled run checks again.`;
  return untouched(facts, 'held', message);
}

/** Judges the verdict of the gate. In a dry run, the message says what would happen. */
function judgeGate(facts: FinishFacts, input: FinishInput, me: RunId, reason: string): RunResult {
  const { gateVerdict, gateMessage = 'The gate gave no reason.' } = input;
  if (gateVerdict === undefined) return failed(facts, input, me, 'The gate step left no verdict.');
  if (input.detectionDryRun) {
    const would = gateVerdict === 'clear' ? 'an upgrade would start' : 'no upgrade would start';
    return untouched(facts, 'detected', `Detection only: ${would}. ${reason}\n${gateMessage}`);
  }
  switch (gateVerdict) {
    case 'blocked':
      return untouched(facts, 'blocked', `${gateMessage}\n${ONCE_FIXED}`);
    case 'held':
      return untouched(facts, 'held', `${gateMessage}\nThe next scheduled run checks again.`);
    case 'clear':
      return judgeBegin(facts, input, me);
  }
}

/** Judges the verdict of `begin`. */
function judgeBegin(facts: FinishFacts, input: FinishInput, me: RunId): RunResult {
  const { beginMessage = 'No reason was given.' } = input;
  switch (input.beginVerdict) {
    case undefined:
      return failed(facts, input, me, 'The begin step left no verdict.');
    case 'pause':
      return {
        ...untouched(facts, 'paused', `Paused. Nothing was changed. ${beginMessage}\n${NEXT_RUN_IN_WINDOW}`),
        // kured was faster than this run. The run has the Lease already, and possibly no marks of its own.
        ...givenBack(facts, me),
        ...(facts.inFlight === undefined || facts.inFlight === me.name ? {} : { clear: false }),
      };
    case 'halt':
      return untouched(facts, 'halted', `${beginMessage}\n${AFTER_THAT}\nNothing was changed.`);
    case 'go':
      return judgeNodes(facts, input, me);
  }
}

function judgeNodes(facts: FinishFacts, input: FinishInput, me: RunId): RunResult {
  const { target, only, podsReady } = input;
  if (target === undefined) return failed(facts, input, me, 'The detect step left no target.');
  const left = leftOver(facts, target, only);
  const stop = whyStopped(facts, me);
  if (left.length > 0 && stop !== undefined) return stopped(facts, input, target, stop, me);
  if (left.length > 0) {
    const because = `Every step succeeded, but these are not at ${kubeTag(target)}: ${left.join(', ')}.`;
    return failed(facts, input, me, because);
  }
  const nodes = inScope(facts.nodes, only);
  const lines = [
    `Upgraded: ${namesAtTarget(nodes, target)} at ${kubeTag(target)}.`,
    ...nodes
      .filter((node) => !atTarget(node, target))
      .map(
        ({ name, kubelet }) =>
          `Node ${name}: left unchanged, because it is newer than the target: ${kubeTag(kubelet)}.`,
      ),
    ...(podsReady === undefined ? [] : [`Pods ready: ${podsReady}.`]),
    ...nodeStates(facts),
  ];
  return { outcome: 'upgraded', message: lines.join('\n'), ...givenBack(facts, me) };
}

const whyStopped = ({ stop, killSwitch }: FinishFacts, me: RunId): RunStop | undefined =>
  stop ?? (killSwitch === undefined ? undefined : { run: me.uid, verdict: 'halt', because: haltedBecause(killSwitch) });

function stopped(
  facts: FinishFacts,
  { only }: FinishInput,
  target: KubeVersion,
  { verdict, because }: RunStop,
  me: RunId,
): RunResult {
  const paused = verdict === 'pause';
  const lines = [
    paused ? `Paused on the way to ${kubeTag(target)}. ${because}` : because,
    ...(paused ? [] : [AFTER_THAT]),
    `Upgraded: ${namesAtTarget(inScope(facts.nodes, only), target)}. Not upgraded: ${leftOver(facts, target, only).join(', ')}.`,
    ...nodeStates(facts),
    ...(paused ? [NEXT_RUN_IN_WINDOW] : []),
  ];
  return { outcome: paused ? 'paused' : 'halted', message: lines.join('\n'), ...givenBack(facts, me) };
}

const givenBack = ({ lease }: FinishFacts, me: RunId): Pick<RunResult, 'release' | 'clear'> => {
  const ours = lease?.holder?.uid === me.uid ? lease : undefined;
  return { release: ours, clear: ours !== undefined };
};

function untouched(facts: FinishFacts, outcome: RunEnd, message: string): RunResult {
  const lines = [message, ...nodeStates(facts)];
  return { outcome, message: lines.join('\n'), release: undefined, clear: false };
}

/** Removes the marks and the lock of kured that an ended run left. Its exit handler did not run. */
function withTidying(facts: FinishFacts, result: RunResult, me: RunId): RunResult {
  const { inFlight, lease, otherAtWork } = facts;
  // Without the Lease, it is not known whether another run is active.
  if (otherAtWork !== undefined || isUnread(facts, 'lease')) return result;
  const kured = lockStateOf(facts, me);
  const marks =
    inFlight === undefined || inFlight === me.name
      ? []
      : [`Removed the marks of ${inFlight}: they said that an upgrade is in flight, and none is.`];
  const lock = kured?.kind === 'leaked' ? [`Released the lock of kured, which ${kured.run} had kept.`] : [];
  if (marks.length + lock.length === 0) return result;
  return { ...result, message: [result.message, ...marks, ...lock].join('\n'), tidy: { take: lease } };
}

function failed(facts: FinishFacts, input: FinishInput, me: RunId, because?: string): RunResult {
  const { status, target } = input;
  const { halted, where, lines } = reportFailure(facts, me, because);
  const head = `${halted ? 'Halted' : status === 'Succeeded' ? 'Failed' : status}${target === undefined ? '' : ` on the way to ${kubeTag(target)}`}${where}.`;
  // Argo retries only what it counts as failed.
  const next = status === 'Succeeded' ? ONCE_FIXED : upgradeResumes(me.name);
  const message = [head, ...lines, next].join('\n');
  const result: RunResult = { outcome: halted ? 'halted' : 'failed', message, release: undefined, clear: false };
  return status === 'Succeeded' ? { ...result, contradiction: message } : result;
}

/** Returns the nodes in scope that are not upgraded: behind the target, named and gone, or unreadable unless no step touches them. */
export function leftOver(
  facts: Pick<FinishFacts, 'nodes' | 'unreadableNodes' | 'excludedNodes' | 'unread'>,
  target: KubeVersion,
  only: readonly string[],
): string[] {
  const { nodes, unreadableNodes = [], excludedNodes = [] } = facts;
  const listed = [...nodes, ...unreadableNodes, ...excludedNodes].map(({ name }) => name);
  const gone = isUnread(facts, 'nodes') ? [] : only.filter((name) => !listed.includes(name));
  const behind = inScope(nodes, only).filter((node) => needsUpgrade(node, target));
  return [...behind.map(({ name }) => name), ...notRead(facts, only), ...gone.map((name) => `${name} (gone)`)];
}

const namesAtTarget = (nodes: readonly ClusterNode[], target: KubeVersion): string =>
  nodes
    .filter((node) => atTarget(node, target))
    .map(({ name }) => name)
    .join(', ') || 'no node';
