import { notKnown, type Reading } from '../../upgrade/reading.ts';
import { reading, unexpected } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteCommand, RemoteHost } from '../ports/remote.ts';

/** Runs scripts on nodes over SSH. */
export interface Hosts {
  readonly remote: Remote;
  readonly clock: Clock;
  readonly log: Log;
}

/** Limits the load on a large cluster. */
const AT_ONCE = 5;

export async function mapConcurrently<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) done.push(await work(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}

export type AskInTime = <T>(node: string, ask: () => Promise<T>) => Promise<Reading<T>>;

/** Asks nodes until `seconds` have passed, and no node after that. A node that is down costs a connection time-out. */
export function askWithin(seconds: number, clock: Clock): AskInTime {
  const untilMs = clock.now() + seconds * 1000;
  return async (node, ask) =>
    clock.now() < untilMs
      ? reading(ask())
      : notKnown(`${node} was not asked: the nodes before it took longer than ${seconds} s`);
}

/** What a script prints. Throws when its exit code is not 0; `what` begins that message. */
export async function outputOf(
  remote: Remote,
  host: RemoteHost,
  command: RemoteCommand,
  what: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await remote.run(host, command);
  if (exitCode === 0) return stdout;
  throw unexpected(`${what} ${host.node} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
}
