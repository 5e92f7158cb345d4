import { notKnown } from '../../upgrade/reading.ts';
import { unexpected } from '../runtime/step-error.ts';
import type { LoginsPort } from '../ports/checkup.ts';
import type { Clock } from '../ports/clock.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { askWithin, mapConcurrently } from './hosts.ts';

const SCRIPT_TIMEOUT_SECONDS = 30;
const PATIENCE_SECONDS = 600;

/** Logs in and asks who one is there; changes nothing. */
export const logins = (remote: Remote, clock: Clock): LoginsPort => ({
  tryAll(targets) {
    const askInTime = askWithin(PATIENCE_SECONDS, clock);
    return mapConcurrently(targets, async ({ node, host }) => {
      if (!host.known) return { node, user: notKnown(`node ${node} ${host.reason}`) };
      return { node, user: await askInTime(host.value.node, () => userId(remote, host.value)) };
    });
  },
});

async function userId(remote: Remote, host: RemoteHost): Promise<string> {
  const command = { script: 'id -u', timeoutSeconds: SCRIPT_TIMEOUT_SECONDS };
  const { exitCode, stdout, stderr } = await remote.run(host, command);
  if (exitCode !== 0) throw unexpected(`"id -u" ended with exit code ${exitCode} on ${host.node}: ${stderr.trim()}`);
  return stdout.trim();
}
