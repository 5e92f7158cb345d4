import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import type { BeginFacts } from './observe.ts';

/** Replace exactly this record (undefined: make it). */
export interface TakeLease {
  readonly take: LeaseRecord | undefined;
}

/**
 * The Lease is ours when nobody holds it, or when its holder has ended. A run that has ended may still have a pod that
 * is ending: it is waited for, but not for ever, since that pod finds the Lease gone before its next change.
 */
export function decide(
  facts: BeginFacts,
  me: RunId,
  handoverSeconds: number,
  elapsedSeconds: number,
): Decision<TakeLease> {
  const holder = facts.lease?.holder;
  if (holder?.uid === me.uid) return done(`The Lease is held by this run, ${me.name}.`);
  if (holder === undefined || facts.other === undefined) return take(facts.lease, 'Nobody holds the Lease: taking it.');
  if (facts.other.state === 'running') {
    return refuse(
      `The Lease k8s-upgrade is held by ${holder.name} (${holder.uid}), which is still running. Wait for it, or stop it: argo stop -n k8s-upgrade ${holder.name}`,
    );
  }
  if (facts.other.livePods.length > 0 && elapsedSeconds < handoverSeconds) {
    const pods = facts.other.livePods.join(', ');
    return wait(5, `${holder.name} has ended; waiting for its last pods to be gone: ${pods}.`);
  }
  return take(facts.lease, `${holder.name} (${facts.other.state}) left the Lease behind: taking it over.`);
}

const take = (lease: LeaseRecord | undefined, because: string): Decision<TakeLease> => act({ take: lease }, because);
