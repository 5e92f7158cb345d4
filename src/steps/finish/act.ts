import type { UpgradeGauges } from '../../signals/gauges.ts';
import { noMarks } from '../../run/in-flight.ts';
import { withoutOwnLocks } from '../../run/kured-lock.ts';
import { known } from '../../upgrade/reading.ts';
import { untilWritten, WRITE_ATTEMPTS } from '../guards/until-written.ts';
import { readingWithin } from '../runtime/reading-within.ts';
import { StepError } from '../runtime/step-error.ts';
import type { Chat } from '../ports/chat.ts';
import type { NodeWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { Ending } from './ending.ts';
import { gaugesOf, lastRunOf } from './gauges.ts';
import { isUpgrade, noticeOf, type NoticeWish } from './notice.ts';
import { READ_SECONDS, type FinishFacts } from './observe.ts';
import { notGivenBack } from './unread.ts';

/** Before the Lease is given back: then the gauges may be another run's. */
export async function showEnd(values: UpgradeGauges | undefined, gauges: Gauges, log: Log): Promise<void> {
  if (values !== undefined) await gauges.upgrade(values);
  else log('Another run holds the Lease and is under way: the gauges are left to it.');
}

export interface Voices {
  readonly gauges: Gauges;
  readonly chat: Chat;
  readonly log: Log;
}

/** To the alert rules and to people, before anything of the end is carried out: that may fail. */
export async function tellEnd(
  facts: FinishFacts,
  ending: Ending,
  { gauges, chat, log }: Voices,
  about: NoticeWish,
  nowMs: number,
): Promise<void> {
  // Gauges are about upgrades, so an operation pushes none.
  if (isUpgrade(about)) await showEnd(gaugesOf(facts, ending.outcome, nowMs), gauges, log);
  const notice = noticeOf(ending, facts, about, nowMs);
  if (notice !== undefined) await chat.tell(notice);
  if (isUpgrade(about)) await showLastRun(facts, ending, gauges, log, nowMs);
}

/** Last, because no other step depends on it. */
async function showLastRun(
  facts: FinishFacts,
  { outcome }: Ending,
  gauges: Gauges,
  log: Log,
  nowMs: number,
): Promise<void> {
  if (facts.tasks?.known === false) log(`How long its steps took is not known: ${facts.tasks.reason}`);
  const lastRun = lastRunOf(facts, outcome, nowMs);
  if (lastRun !== undefined) await gauges.lastRun(lastRun);
}

/**
 * Gives the Deployments that are held at 0 back what they had, and names those that still are. Only under our
 * own Lease: another run may hold them for good reason. The fence decides where the Lease was not read before.
 */
export async function giveBack(
  { lease, unread = [] }: Pick<FinishFacts, 'lease' | 'unread'>,
  me: RunId,
  quiesced: Quiesced,
  log: Log,
  seconds = READ_SECONDS,
): Promise<Pick<FinishFacts, 'heldDeployments' | 'deploymentTrouble' | 'unread'>> {
  const mayBeOurs = lease?.holder?.uid === me.uid || unread.some(({ what }) => what === 'lease');
  const restored = mayBeOurs ? await readingWithin(seconds, () => quiesced.restore()) : known<readonly string[]>([]);
  const held = await readingWithin(seconds, () => quiesced.held());
  const failed = [restored, held].find((reading) => !reading.known);
  const line = failed?.known === false ? notGivenBack(failed.reason) : undefined;
  const deploymentTrouble = restored.known ? restored.value : [];
  [...deploymentTrouble, ...(line === undefined ? [] : [line.line])].forEach(log);
  return {
    heldDeployments: held.known ? held.value : [],
    deploymentTrouble,
    ...(line === undefined ? {} : { unread: [...unread, line] }),
  };
}

export interface Hands {
  readonly writes: NodeWrites;
  readonly leases: LeasePort;
  readonly kured: Kured;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Annotations and the lock of kured first: once the Lease is given back, the next run may write its own. One that fails
 * keeps none of the others from being tried, and is thrown at the end.
 */
export async function carryOut(ending: Ending, hands: Hands, prefix: string, me: RunId): Promise<void> {
  const { writes, leases, clock, log } = hands;
  const { tidy, clear, release } = ending;
  const trouble: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      trouble.push(error);
      log(error instanceof Error ? error.message : String(error));
    }
  };
  if (tidy !== undefined) await attempt(() => tidyUp(tidy, hands, prefix, me));
  if (clear) await attempt(() => writes.writeRunMarks(noMarks(prefix)));
  if (release !== undefined) {
    await attempt(() => releaseKured(hands, me));
    await attempt(() => leases.write(release, undefined, clock.now()));
  }
  if (trouble.length > 0) throw trouble[0];
}

/** Changes nothing without the Lease. A run that took it first has its own marks. */
async function tidyUp({ take }: NonNullable<Ending['tidy']>, hands: Hands, prefix: string, me: RunId): Promise<void> {
  const { writes, leases, clock } = hands;
  if (!(await leases.write(take, me, clock.now()))) return;
  await writes.writeRunMarks(noMarks(prefix));
  await releaseKured(hands, 'any');
  const ours = await leases.read();
  if (ours?.holder?.uid === me.uid) await leases.write(ours, undefined, clock.now());
}

/** A lock that cannot be given back now ends by itself, and must not keep the Lease from being given back. */
async function releaseKured({ kured, log }: Hands, whose: RunId | 'any'): Promise<void> {
  try {
    const outcome = await untilWritten(async () => {
      const seen = await kured.state();
      const left = withoutOwnLocks(seen?.lock, whose);
      return seen === undefined || left === undefined ? 'not-ours' : kured.writeLock(seen, left);
    });
    if (outcome === 'changed')
      log(`DaemonSet of kured: changed by others ${WRITE_ATTEMPTS} times while we tried to give its lock back.`);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    log(`The lock of kured was not given back: ${error.message}`);
  }
}
