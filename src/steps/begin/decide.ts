import { whyClosed } from '../../upgrade/admission.ts';
import { act, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import type { Maintenance } from '../../upgrade/maintenance-window.ts';
import { haltedBecause } from '../../upgrade/run-stop.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import type { BeginFacts } from './observe.ts';

/** Replace exactly this record (undefined: make it). */
export interface TakeLease {
  readonly take: LeaseRecord | undefined;
}

export interface BeginWish {
  readonly maintenance: Maintenance;
  readonly handoverSeconds: number;
}

/** `pause`, `halt`: nothing was touched. */
export interface Beginning {
  readonly beginVerdict: 'go' | 'pause' | 'halt';
  readonly beginMessage: string;
}

/**
 * The Lease is ours when nobody holds it, or when its holder has ended. A run that has ended may still have a pod that
 * is ending: it is waited for, but not for ever, since that pod finds the Lease gone before its next change.
 */
export function decide(
  facts: BeginFacts,
  me: RunId,
  wish: BeginWish,
  elapsedSeconds: number,
): Decision<TakeLease, Beginning> {
  const holder = facts.lease?.holder;
  if (holder?.uid === me.uid) return begun('go', `The Lease is held by this run, ${me.name}.`);
  const stop = whyNotNow(facts, wish);
  if (stop !== undefined) return stop;
  if (holder === undefined || facts.other === undefined) return take(facts.lease, 'Nobody holds the Lease: taking it.');
  if (facts.other.state === 'running') {
    return refuse(
      `The Lease k8s-upgrade is held by ${holder.name} (${holder.uid}), which is still running. Wait for it, or stop it: argo stop -n k8s-upgrade ${holder.name}`,
    );
  }
  if (facts.other.livePods.length > 0 && elapsedSeconds < wish.handoverSeconds) {
    const pods = facts.other.livePods.join(', ');
    return wait(5, `${holder.name} has ended; waiting for its last pods to be gone: ${pods}.`);
  }
  return take(facts.lease, `${holder.name} (${facts.other.state}) left the Lease behind: taking it over.`);
}

/** A node that an earlier run began is finished whatever the window says; each of the others is asked about by itself. */
function whyNotNow(facts: BeginFacts, { maintenance }: BeginWish): Decision<never, Beginning> | undefined {
  if (facts.killSwitch !== undefined) return begun('halt', haltedBecause(facts.killSwitch));
  if (facts.nodes.some(({ ledger }) => ledger !== undefined)) return undefined;
  const closed = whyClosed(maintenance, facts.nowMs);
  return closed === undefined ? undefined : begun('pause', closed);
}

const begun = (beginVerdict: Beginning['beginVerdict'], because: string): Decision<never, Beginning> => ({
  kind: 'done',
  value: { beginVerdict, beginMessage: because },
  because,
});
const take = (lease: LeaseRecord | undefined, because: string): Decision<TakeLease, never> =>
  act({ take: lease }, because);
