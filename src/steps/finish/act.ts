import type { UpgradeGauges } from '../../upgrade/gauges.ts';
import { noMarks } from '../../upgrade/in-flight.ts';
import { withoutOurs } from '../../upgrade/kured-lock.ts';
import { StepError } from '../harness/step-error.ts';
import type { Chat } from '../ports/chat.ts';
import type { ClusterWrites } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Kured } from '../ports/kured.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Log } from '../ports/log.ts';
import type { Ending } from './decide.ts';
import { gaugesOf, lastRunOf } from './gauges.ts';
import { isUpgrade, noticeOf, type NoticeWish } from './notice.ts';
import type { FinishFacts } from './observe.ts';

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
  // Of an errand the gauges say nothing: they are about upgrades.
  if (isUpgrade(about)) await showEnd(gaugesOf(facts, ending.outcome, nowMs), gauges, log);
  const notice = noticeOf(ending, facts, about, nowMs);
  if (notice !== undefined) await chat.tell(notice);
  if (isUpgrade(about)) await showLastRun(facts, ending, gauges, log, nowMs);
}

/** Last: nobody waits for it. */
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
 * Gives the Deployments that are held at 0 back what they had, and returns those that still are. Only under our
 * own Lease: another run may hold them for good reason. Whatever is in the way, the end of the run is told.
 */
export async function giveBack(
  { lease }: Pick<FinishFacts, 'lease'>,
  me: RunId,
  quiesced: Quiesced,
  log: Log,
): Promise<Pick<FinishFacts, 'heldDeployments' | 'deploymentTrouble'>> {
  try {
    const deploymentTrouble = lease?.holder?.uid === me.uid ? await quiesced.restore() : [];
    deploymentTrouble.forEach(log);
    return { heldDeployments: await quiesced.held(), deploymentTrouble };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    log(`Deployments that may be held at 0 were not given back: ${error.message}`);
    return {};
  }
}

export interface Hands {
  readonly writes: ClusterWrites;
  readonly leases: LeasePort;
  readonly kured: Kured;
  readonly clock: Clock;
  readonly log: Log;
}

/** Annotations and the lock of kured first: once the Lease is given back, the next run may write its own. */
export async function carryOut(ending: Ending, hands: Hands, prefix: string, me: RunId): Promise<void> {
  const { writes, leases, clock } = hands;
  if (ending.tidy !== undefined) await tidyUp(ending.tidy, hands, prefix, me);
  if (ending.clear) await writes.writeRunMarks(noMarks(prefix));
  if (ending.release !== undefined) {
    await releaseKured(hands, me);
    await leases.write(ending.release, undefined, clock.now());
  }
}

/** Nobody changes anything without the Lease. Who was faster has marks of his own. */
async function tidyUp({ take }: NonNullable<Ending['tidy']>, hands: Hands, prefix: string, me: RunId): Promise<void> {
  const { writes, leases, clock } = hands;
  if (!(await leases.write(take, me, clock.now()))) return;
  await writes.writeRunMarks(noMarks(prefix));
  await releaseKured(hands, 'any');
  const ours = await leases.read();
  if (ours?.holder?.uid === me.uid) await leases.write(ours, undefined, clock.now());
}

/** Its controller writes the DaemonSet as its pods come and go; a change that meets one of those writes is made again. */
const ATTEMPTS = 20;

/** A lock that cannot be given back now ends by itself, and must not keep the Lease from being given back. */
async function releaseKured({ kured, log }: Hands, whose: RunId | 'any'): Promise<void> {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = await kured.state();
      const left = withoutOurs(seen?.lock, whose);
      if (seen === undefined || left === undefined || (await kured.writeLock(seen, left)) !== 'changed') return;
    }
    log(`DaemonSet of kured: changed by others ${ATTEMPTS} times while we tried to give its lock back.`);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    log(`The lock of kured was not given back: ${error.message}`);
  }
}
