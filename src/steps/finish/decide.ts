import { notApproved } from '../../run/approval.ts';
import type { RunEnd } from '../../signals/gauges.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { unreadableLines } from '../../upgrade/node/readings.ts';
import { leftOutLines } from '../../upgrade/node/states.ts';
import { haltedBecause, type RunStop } from '../../run/stop.ts';
import type { RunId } from '../ports/lease.ts';
import type { Ending, FinishWish } from './ending.ts';
import { decideErrand } from './errand.ts';
import { whatFailed } from './failed.ts';
import { standOfKured } from './kured.ts';
import type { FinishFacts } from './observe.ts';
import {
  inScope,
  leftAhead,
  leftOver,
  namesAtTarget,
  NEXT_NIGHT_IN_WINDOW,
  nodeStates,
  ONCE_PUT_RIGHT,
  ONCE_SWITCHED_OFF,
  wayOn,
} from './sentences.ts';

/** How the run ended, from what Argo says and from what the nodes say; the nodes win. Names what could not be read. */
export function decide(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const ending = judge(facts, wish, me);
  const unread = [
    ...unreadableLines(facts.unreadableNodes ?? []).filter((line) => !ending.message.includes(line)),
    ...(facts.unread ?? []).map(({ line }) => line),
    ...leftOutLines(facts.excludedNodes ?? []),
  ];
  if (unread.length === 0) return ending;
  const message = [ending.message, ...unread].join('\n');
  return { ...ending, message, ...(ending.contradiction === undefined ? {} : { contradiction: message }) };
}

function judge(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const { errand = 'upgrade' } = wish;
  if (errand !== 'upgrade') return decideErrand(facts, { ...wish, errand }, me);
  if (wish.status !== 'Succeeded') return failed(facts, wish, me);
  const reason = wish.reason ?? 'no reason was given.';
  switch (wish.verdict) {
    case undefined:
      return failed(facts, wish, me, 'Detection left no verdict behind.');
    case 'none':
      return tidied(facts, untouched(facts, 'nothing-to-do', `Nothing to do. ${reason}`), me);
    case 'held':
      return asked(facts, wish, me, reason);
    case 'refused':
      return untouched(facts, 'refused', `Refused, and nothing was touched. ${reason}`);
    case 'upgrade':
      return judged(facts, wish, me, reason);
  }
}

/** The upgrade waits for approval. The message has the findings of the gate, which raise no alert until then. */
function asked(facts: FinishFacts, wish: FinishWish, me: RunId, reason: string): Ending {
  const { gateVerdict, gateMessage, approval, planVerdict, planDigest = 'unknown', planMessage = '' } = wish;
  if (gateVerdict === undefined) return untouched(facts, 'held', `Held, and nothing was touched. ${reason}`);
  if (approval === 'approve') {
    const again = { ...wish, gateVerdict: wish.gateAgainVerdict, gateMessage: wish.gateAgainMessage };
    const stopped = again.gateVerdict !== undefined && again.gateVerdict !== 'clear';
    if (stopped || planVerdict === 'valid') return judged(facts, again, me, reason);
    if (planVerdict === 'void') return { ...untouched(facts, 'held', `Held. ${planMessage}`), answer: true };
    return failed(facts, wish, me, 'The plan was approved, and not looked at again.');
  }
  if (!wish.detectionDryRun && gateVerdict === 'clear' && wish.planDigest === undefined)
    return failed(facts, wish, me, 'The plan step left no verdict behind.');
  if (wish.detectionDryRun)
    return untouched(
      facts,
      'detected',
      `Detection only: somebody has to say yes. ${reason}\n${gateMessage ?? ''}`.trim(),
    );
  const because = gateVerdict === 'clear' ? notApproved(approval, planDigest) : (gateMessage ?? '');
  const message = `Held, and nothing was touched. ${reason}\n${because}\nThe next nightly run asks again.`;
  return untouched(facts, 'held', message);
}

/** The gate has the next word, also in a dry run: there it says what would happen. */
function judged(facts: FinishFacts, wish: FinishWish, me: RunId, reason: string): Ending {
  const { gateVerdict, gateMessage = 'The gate gave no reason.' } = wish;
  if (gateVerdict === undefined) return failed(facts, wish, me, 'The gate left no verdict behind.');
  if (wish.detectionDryRun) {
    const would = gateVerdict === 'clear' ? 'an upgrade would start' : 'no upgrade would start';
    return untouched(facts, 'detected', `Detection only: ${would}. ${reason}\n${gateMessage}`);
  }
  switch (gateVerdict) {
    case 'blocked':
      return untouched(facts, 'blocked', `${gateMessage}\n${ONCE_PUT_RIGHT}`);
    case 'held':
      return untouched(facts, 'held', `${gateMessage}\nThe next nightly run asks again.`);
    case 'clear':
      return begun(facts, wish, me);
  }
}

/** Then `begin`, which says whether the time is right. */
function begun(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const { beginMessage = 'No reason was given.' } = wish;
  switch (wish.beginVerdict) {
    case undefined:
      return failed(facts, wish, me, 'The begin step left no verdict behind.');
    case 'pause':
      return {
        ...untouched(facts, 'paused', `Paused, and nothing was touched. ${beginMessage}\n${NEXT_NIGHT_IN_WINDOW}`),
        // kured was faster than this run, which had the Lease by then, and may not have had marks of its own.
        ...givenBack(facts, me),
        ...(facts.inFlight === undefined || facts.inFlight === me.name ? {} : { clear: false }),
      };
    case 'halt':
      return untouched(facts, 'halted', `${beginMessage}\n${ONCE_SWITCHED_OFF}\nNothing was touched.`);
    case 'go':
      return worked(facts, wish, me);
  }
}

function worked(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const { target, only, podsReady } = wish;
  if (target === undefined) return failed(facts, wish, me, 'Detection left no target behind.');
  const left = leftOver(facts, target, only);
  const stop = whyStopped(facts, me);
  if (left.length > 0 && stop !== undefined) return stopped(facts, wish, target, stop, me);
  if (left.length > 0) {
    const because = `Every step ended well, yet not at ${kubeTag(target)}: ${left.join(', ')}.`;
    return failed(facts, wish, me, because);
  }
  const nodes = inScope(facts.nodes, only);
  const lines = [
    `Upgraded: ${namesAtTarget(nodes, target)} at ${kubeTag(target)}.`,
    ...nodes.flatMap((node) => leftAhead(node, target)),
    ...(podsReady === undefined ? [] : [`Pods ready: ${podsReady}.`]),
    ...nodeStates(facts),
  ];
  return { outcome: 'upgraded', message: lines.join('\n'), ...givenBack(facts, me) };
}

const whyStopped = ({ stop, killSwitch }: FinishFacts, me: RunId): RunStop | undefined =>
  stop ?? (killSwitch === undefined ? undefined : { run: me.uid, verdict: 'halt', because: haltedBecause(killSwitch) });

function stopped(
  facts: FinishFacts,
  { only }: FinishWish,
  target: KubeVersion,
  { verdict, because }: RunStop,
  me: RunId,
): Ending {
  const paused = verdict === 'pause';
  const lines = [
    paused ? `Paused on the way to ${kubeTag(target)}. ${because}` : because,
    ...(paused ? [] : [ONCE_SWITCHED_OFF]),
    `Done: ${namesAtTarget(inScope(facts.nodes, only), target)}. Not done: ${leftOver(facts, target, only).join(', ')}.`,
    ...nodeStates(facts),
    ...(paused ? [NEXT_NIGHT_IN_WINDOW] : []),
  ];
  return { outcome: paused ? 'paused' : 'halted', message: lines.join('\n'), ...givenBack(facts, me) };
}

const givenBack = ({ lease }: FinishFacts, me: RunId): Pick<Ending, 'release' | 'clear'> => {
  const ours = lease?.holder?.uid === me.uid ? lease : undefined;
  return { release: ours, clear: ours !== undefined };
};

function untouched(facts: FinishFacts, outcome: RunEnd, message: string): Ending {
  const lines = [message, ...nodeStates(facts)];
  return { outcome, message: lines.join('\n'), release: undefined, clear: false };
}

/** Nothing is to be done, yet there are marks of a run in flight, and none is: that run did not get to say its end. */
function tidied(facts: FinishFacts, ending: Ending, me: RunId): Ending {
  const { inFlight, lease, otherAtWork, unread = [] } = facts;
  // Without the Lease, it is not known whether another run is active.
  if (otherAtWork !== undefined || unread.some(({ what }) => what === 'lease')) return ending;
  const kured = standOfKured(facts, me);
  const marks =
    inFlight === undefined || inFlight === me.name
      ? []
      : [`Cleared what ${inFlight} left behind: it said that an upgrade is in flight, and none is.`];
  const lock = kured?.kind === 'leaked' ? [`Gave back the lock of kured, which ${kured.run} left behind.`] : [];
  if (marks.length + lock.length === 0) return ending;
  return { ...ending, message: [ending.message, ...marks, ...lock].join('\n'), tidy: { take: lease } };
}

function failed(facts: FinishFacts, wish: FinishWish, me: RunId, because?: string): Ending {
  const { status, target } = wish;
  const { halted, where, lines } = whatFailed(facts, me, because);
  const head = `${halted ? 'Halted' : status === 'Succeeded' ? 'Failed' : status}${target === undefined ? '' : ` on the way to ${kubeTag(target)}`}${where}.`;
  const message = [head, ...lines, `${wayOn(status, me)} The next nightly run does it too.`].join('\n');
  const ending: Ending = { outcome: halted ? 'halted' : 'failed', message, release: undefined, clear: false };
  return status === 'Succeeded' ? { ...ending, contradiction: message } : ending;
}
