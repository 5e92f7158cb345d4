import { whyClosed } from '../../run/admission.ts';
import { act, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kuredStep, type HoldKured } from '../../run/kured-lock.ts';
import { canFinish } from '../../upgrade/node/order.ts';
import { haltedBecause } from '../../run/stop.ts';
import type { KuredState } from '../ports/kured.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import type { BeginFacts } from './observe.ts';
import type { BeginInput } from './contract.ts';

/** Replace exactly this record; undefined: create the Lease. */
interface TakeLease {
  readonly take: LeaseRecord | undefined;
}

export type BeginAction = TakeLease | HoldKured<KuredState>;

/** After `pause` and `halt`, nothing was changed. */
export interface BeginResult {
  readonly beginVerdict: 'go' | 'pause' | 'halt';
  readonly beginMessage: string;
}

/**
 * The run takes the Lease when it has no holder, or when its holder has ended. A pod of an ended run may still be terminating.
 * The step waits for it, with a limit, because that pod finds the Lease gone before its next change.
 * The lock of kured comes after the Lease, which fences it too.
 */
export function decide(
  facts: BeginFacts,
  me: RunId,
  input: BeginInput,
  elapsedSeconds: number,
): Decision<BeginAction, BeginResult> {
  const holder = facts.lease?.holder;
  if (holder?.uid === me.uid) return underOurLease(facts, me);
  const stop = whyNotNow(facts, me, input);
  if (stop !== undefined) return stop;
  if (holder === undefined || facts.other === undefined)
    return take(facts.lease, 'The Lease has no holder: taking it.');
  if (facts.other.state === 'running') {
    return refuse(
      `The Lease k8s-upgrade is held by ${holder.name} (${holder.uid}), which is still running. Wait for it, or stop it: argo stop -n k8s-upgrade ${holder.name}`,
    );
  }
  if (facts.other.livePods.length > 0 && elapsedSeconds < input.handoverSeconds) {
    const pods = facts.other.livePods.join(', ');
    return wait(5, `${holder.name} has ended. Waiting until its last pods are gone: ${pods}.`);
  }
  return take(facts.lease, `${holder.name} (${facts.other.state}) kept the Lease: taking it over.`);
}

function underOurLease({ kured, nowMs }: BeginFacts, me: RunId): Decision<HoldKured<KuredState>, BeginResult> {
  const step = kuredStep(kured, me, nowMs);
  if (step.kind === 'rolling') return begun('pause', step.because);
  if (step.kind === 'hold') return act({ hold: step.hold }, step.because);
  return begun('go', `The Lease is held by this run, ${me.name}.`);
}

/** The maintenance window does not stop a node that an earlier run began. `admit` checks every other node again. */
function whyNotNow(
  facts: BeginFacts,
  me: RunId,
  { maintenance, preflightVerdict, preflightMessage, target }: BeginInput,
): Decision<never, BeginResult> | undefined {
  if (facts.killSwitch !== undefined) return begun('halt', haltedBecause(facts.killSwitch));
  if (preflightVerdict !== 'clear') return begun('pause', preflightMessage);
  const kured = kuredStep(facts.kured, me, facts.nowMs);
  if (kured.kind === 'rolling') return begun('pause', kured.because);
  if (target !== undefined && facts.nodes.some((node) => canFinish(node, facts.nodes, target))) return undefined;
  const closed = whyClosed(maintenance, facts.nowMs);
  return closed === undefined ? undefined : begun('pause', closed);
}

const begun = (beginVerdict: BeginResult['beginVerdict'], because: string): Decision<never, BeginResult> => ({
  kind: 'done',
  value: { beginVerdict, beginMessage: because },
  because,
});
const take = (lease: LeaseRecord | undefined, because: string): Decision<TakeLease, never> =>
  act({ take: lease }, because);
