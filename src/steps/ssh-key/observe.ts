import { addressProblems, sshHost } from '../../upgrade/node/ssh-host.ts';
import {
  NO_FILE_EXIT_CODE,
  parseKeysFile,
  readKeysScript,
  type KeysFile,
} from '../../upgrade/host/authorized-keys-file.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { refused, tryAgain } from '../runtime/step-error.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';

const READ_TIMEOUT_SECONDS = 60;

/** Returns every node. Throws when a node has no address, because a rotation without that node would lose access to it. */
export function hostsOf(nodes: readonly ClusterNode[]): readonly RemoteHost[] {
  const names = nodes.map(({ name }) => name);
  const problems = addressProblems(nodes, names);
  if (problems.length > 0) throw refused(problems.join(' '));
  return nodes.flatMap((node) => {
    const host = sshHost(node);
    return host.known ? [host.value] : [];
  });
}

export async function readKeys(remote: Remote, host: RemoteHost, user: string): Promise<KeysFile> {
  const { exitCode, stdout, stderr } = await remote.run(host, {
    script: readKeysScript(user),
    timeoutSeconds: READ_TIMEOUT_SECONDS,
  });
  if (exitCode === NO_FILE_EXIT_CODE)
    throw refused(
      `${host.node} has no .ssh/authorized_keys of ${user}, though it let us in: sshd takes keys from elsewhere there. Change the key where they come from; this run has removed none.`,
    );
  const file = exitCode === 0 ? parseKeysFile(stdout) : undefined;
  if (file?.known === true) return file.value;
  throw tryAgain(
    `${host.node} does not show its authorized_keys: ${file?.reason ?? (stderr.trim() || `exit code ${exitCode}`)}`,
  );
}
