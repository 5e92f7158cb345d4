import { CHANGED_EXIT_CODE, writeKeysScript } from '../../upgrade/host/authorized-keys-file.ts';
import { untilWritten } from '../guards/until-written.ts';
import { refused, tryAgain } from '../runtime/step-error.ts';
import type { Log } from '../ports/log.ts';
import type { KeyProbe, Remote, RemoteHost } from '../ports/remote.ts';
import type { SshKeyInput } from './contract.ts';
import { editOf, newKeyRefused, stillLetIn, type Rotation } from './decide.ts';
import { readKeys } from './observe.ts';

/** Another process may write the file at the same moment. */
const ATTEMPTS = 5;
const WRITE_TIMEOUT_SECONDS = 60;

interface SshKeyClients {
  readonly remote: Remote;
  readonly probe: () => KeyProbe;
  readonly fencedRemote: Remote;
  /** The fence, and the kill switch. */
  readonly mayBegin: () => Promise<void>;
  readonly log: Log;
}

/**
 * Changes one node after the other. The first failure ends the step, and changed nodes stay changed. After the old key was
 * removed from every file, sshd of each node must refuse it, because sshd may read keys from other places.
 */
export async function changeKeys(
  hosts: readonly RemoteHost[],
  rotation: Rotation,
  { action, sshUser }: Pick<SshKeyInput, 'action'> & { readonly sshUser: string },
  clients: SshKeyClients,
): Promise<void> {
  for (const host of hosts) clients.log(`${host.node}: ${await changeOn(host, rotation, action, sshUser, clients)}`);
  if (action === 'remove') await proveRemoved(hosts, rotation, sshUser, clients);
}

async function proveRemoved(
  hosts: readonly RemoteHost[],
  { oldPublic, newPublic }: Rotation,
  user: string,
  { probe, log }: Pick<SshKeyClients, 'probe' | 'log'>,
): Promise<void> {
  const sshd = probe();
  const stillIn: string[] = [];
  for (const host of hosts) {
    // A refusal of the old key is a proof only when sshd accepts the new key in the same check.
    if (!(await sshd.letsIn(host, newPublic))) throw tryAgain(newKeyRefused(host, user));
    if (await sshd.letsIn(host, oldPublic)) stillIn.push(host.node);
    else log(`${host.node}: sshd refuses the old key.`);
  }
  if (stillIn.length > 0) throw refused(stillLetIn(stillIn, user));
}

async function changeOn(
  host: RemoteHost,
  rotation: Rotation,
  action: SshKeyInput['action'],
  user: string,
  { remote, fencedRemote, mayBegin }: SshKeyClients,
): Promise<string> {
  const change = async (): Promise<string> => {
    const file = await readKeys(remote, host, user);
    const edit = editOf(action, file.text, rotation);
    if (edit.kind === 'as-it-is') return `${file.path} needs no change.`;
    if (edit.kind === 'refused')
      throw refused(`${file.path} on ${host.node} stays as it is: ${edit.because}. Look at it there.`);
    await mayBegin();
    const { exitCode, stderr } = await fencedRemote.run(host, {
      script: writeKeysScript(file, edit.text),
      stdin: edit.text,
      timeoutSeconds: WRITE_TIMEOUT_SECONDS,
    });
    if (exitCode === CHANGED_EXIT_CODE) return 'changed';
    if (exitCode !== 0)
      throw tryAgain(`${file.path} on ${host.node} was not written: ${stderr.trim() || `exit code ${exitCode}`}`);
    return `${file.path} is changed: ${action === 'add' ? 'the new key added' : 'the old key removed'}.`;
  };
  return untilWritten(`authorized_keys of ${host.node}`, change, ATTEMPTS);
}
