import { notKnown } from '../../upgrade/reading.ts';
import { tryAgain, unexpected } from '../runtime/step-error.ts';
import type { LoginsPort } from '../ports/checkup.ts';
import type { Clock } from '../ports/clock.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { reading } from './reading.ts';

const SCRIPT_TIMEOUT_SECONDS = 30;
/** Nodes that are down cost a connection time-out each; after this long no other is begun. */
const PATIENCE_SECONDS = 600;

/** Logs in and asks who one is there; changes nothing. */
export const logins = (remote: Remote, clock: Clock): LoginsPort => ({
  tryAll(doors) {
    const untilMs = clock.now() + PATIENCE_SECONDS * 1000;
    return mapConcurrently(doors, async ({ node, host }) => {
      if (!host.known) return { node, user: notKnown(`node ${node} ${host.reason}`) };
      return { node, user: await reading(clock.now() < untilMs ? whoAmI(remote, host.value) : tooLate(host.value)) };
    });
  },
});

async function whoAmI(remote: Remote, host: RemoteHost): Promise<string> {
  const command = { script: 'id -u', timeoutSeconds: SCRIPT_TIMEOUT_SECONDS };
  const { exitCode, stdout, stderr } = await remote.run(host, command);
  if (exitCode !== 0) throw unexpected(`"id -u" ended with exit code ${exitCode} on ${host.node}: ${stderr.trim()}`);
  return stdout.trim();
}

async function tooLate({ node }: RemoteHost): Promise<never> {
  throw tryAgain(`${node} was not asked: the nodes before it took longer than ${PATIENCE_SECONDS} s`);
}
