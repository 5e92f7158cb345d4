import { IDENTITY, whyNotProven } from './ssh/identity.ts';
import { Client } from 'ssh2';
import type { Secret } from '../runtime/secret.ts';
import type { HostKeys, Remote } from '../ports/remote.ts';
import { HostKeyCheck } from './ssh/host-key.ts';
import { logIn } from './ssh/login.ts';
import { parsePrivateKey } from './ssh/private-key.ts';
import { execute } from './ssh/session.ts';
import { troubleOf } from './ssh/trouble.ts';

export { sshKeyProbe } from './ssh/key-probe.ts';
export { publicKeyOf, readPrivateKey } from './ssh/private-key.ts';

export interface SshOptions {
  readonly user: string;
  readonly port: number;
  readonly privateKey: Secret;
  readonly hostKeys: HostKeys;
  readonly connectTimeoutSeconds: number;
  /** Ends the connection; a command may go on over there. */
  readonly signal?: AbortSignal | undefined;
}

/** Logs in again for every command, because an upgrade of the machine can end a kept connection. */
export function sshRemote(options: SshOptions): Remote {
  const key = parsePrivateKey(options.privateKey);
  return {
    async run(host, command, onLine) {
      const check = new HostKeyCheck(host, await options.hostKeys.known(host), options.hostKeys);
      const client = new Client();
      const trouble = troubleOf(client, options.signal);
      try {
        client.on('connect', () => client.setNoDelay(true));
        await logIn(client, trouble, host, { ...options, key, check });
        const session = { client, trouble, host, user: options.user };
        const wrong = whyNotProven(host, await execute(session, IDENTITY));
        if (wrong !== undefined) throw wrong;
        // Only the Node's own machine is remembered, and none is worked on before it is remembered.
        await check.remember();
        return await execute(session, command, onLine);
      } finally {
        client.destroy();
      }
    },
  };
}
