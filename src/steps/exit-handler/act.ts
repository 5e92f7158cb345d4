import { withoutOwnLocks } from '../../run/kured-lock.ts';
import { known } from '../../upgrade/reading.ts';
import { untilWritten } from '../guards/until-written.ts';
import type { Clock } from '../ports/clock.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, LeaseRecord, RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import { readingWithin } from '../runtime/reading-within.ts';
import { StepError } from '../runtime/step-error.ts';
import { isUnread, unreadFacts, valueOf, type EndFacts } from './facts.ts';
import { READ_SECONDS } from './observe.ts';

/**
 * Restores the replicas of Deployments that are held at 0, and names those that still are. It restores them only under the
 * Lease of this run, because another run may hold them. When the Lease could not be read, the fence decides.
 */
export async function restoreDeployments(
  facts: Pick<EndFacts, 'lease' | 'unread'>,
  me: RunId,
  { quiesced, log }: { readonly quiesced: Quiesced; readonly log: Log },
  seconds = READ_SECONDS,
): Promise<Pick<EndFacts, 'heldDeployments' | 'deploymentTrouble' | 'unread'>> {
  const mayBeOurs = facts.lease?.holder?.uid === me.uid || isUnread(facts, 'lease');
  const restored = mayBeOurs ? await readingWithin(seconds, () => quiesced.restore()) : known<readonly string[]>([]);
  const held = await readingWithin(seconds, () => quiesced.held());
  const unread = unreadFacts({ deployments: restored.known ? held : restored }, me);
  const deploymentTrouble = valueOf(restored, []);
  [...deploymentTrouble, ...unread.map(({ line }) => line)].forEach(log);
  return {
    heldDeployments: valueOf(held, []),
    deploymentTrouble,
    ...(unread.length === 0 ? {} : { unread: [...(facts.unread ?? []), ...unread] }),
  };
}

export interface ReleaseClients {
  readonly leases: LeasePort;
  readonly kured: Kured;
  readonly clock: Clock;
  readonly log: Log;
}

/** Returns the changes that release the lock of kured, then the Lease. None without a Lease to release. */
export const releases = (lease: LeaseRecord | undefined, clients: ReleaseClients, me: RunId) =>
  lease === undefined
    ? []
    : [() => releaseKured(clients, me), () => clients.leases.write(lease, undefined, clients.clock.now())];

/** Makes every change even when an earlier one fails. Then throws the first error. */
export async function makeAll(changes: readonly (() => Promise<unknown>)[], log: Log): Promise<void> {
  const errors: unknown[] = [];
  for (const change of changes) {
    try {
      await change();
    } catch (error) {
      errors.push(error);
      log(error instanceof Error ? error.message : String(error));
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** A lock that cannot be released expires by itself, and must not keep the Lease from being released. */
export async function releaseKured({ kured, log }: ReleaseClients, whose: RunId | 'any'): Promise<void> {
  try {
    await untilWritten('DaemonSet of kured', async () => {
      const seen = await kured.state();
      const left = withoutOwnLocks(seen?.lock, whose);
      return seen === undefined || left === undefined ? 'not-ours' : kured.writeLock(seen, left);
    });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    log(`The lock of kured was not released: ${error.message}`);
  }
}
