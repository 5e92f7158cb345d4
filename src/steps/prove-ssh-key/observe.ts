import { sshHost } from '../../upgrade/node/ssh-host.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { refused, tryAgain } from '../runtime/step-error.ts';
import type { Log } from '../ports/log.ts';
import type { Remote } from '../ports/remote.ts';

const LOGIN_TIMEOUT_SECONDS = 60;

/** Logs in to every node. Throws the error of the first node that refuses. */
export async function logInEverywhere(nodes: readonly ClusterNode[], remote: Remote, log: Log): Promise<void> {
  for (const node of nodes) {
    const { name } = node;
    const host = sshHost(node);
    if (!host.known) throw refused(`Node ${name} ${host.reason}.`);
    const { exitCode, stderr } = await remote.run(host.value, {
      script: 'true',
      timeoutSeconds: LOGIN_TIMEOUT_SECONDS,
    });
    if (exitCode !== 0)
      throw tryAgain(`${name} lets us in, and does nothing: ${stderr.trim() || `exit code ${exitCode}`}`);
    log(`${name}: let us in.`);
  }
}
