import ssh2, { Client, type ParsedKey } from 'ssh2';
import { refused } from '../../runtime/step-error.ts';
import type { HostKeys, KeyProbe } from '../../ports/remote.ts';
import { HostKeyCheck } from './host-key.ts';
import { connect, isNotLetIn, type Connecting } from './login.ts';
import { troubleOf } from './trouble.ts';

export interface ProbeOptions extends Omit<Connecting, 'check'> {
  readonly hostKeys: HostKeys;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Offers a public key without a signature; sshd answers whether it accepts the key. The answer covers every place from which
 * sshd reads keys. An RSA key is offered with the algorithm with which ssh2 logs in. https://www.rfc-editor.org/rfc/rfc4252#section-7
 */
export function sshKeyProbe(options: ProbeOptions): KeyProbe {
  return {
    async letsIn(host, publicKey) {
      const check = new HostKeyCheck(host, await options.hostKeys.known(host), options.hostKeys);
      const half = new PublicHalf(publicKey);
      const client = new Client();
      const trouble = troubleOf(client, options.signal);
      try {
        await connect(client, trouble, host, {
          ...options,
          check,
          auth: { type: 'agent', username: options.user, agent: half },
        });
        return true;
      } catch (error) {
        if (half.wanted) return true;
        if (isNotLetIn(error)) return false;
        throw error;
      } finally {
        client.destroy();
      }
    },
  };
}

/** Offers one key. `wanted` turns true when sshd accepts the key and ssh2 asks for the signature, which is not given. */
class PublicHalf extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey;
  wanted = false;

  constructor(publicKey: string) {
    super();
    const parsed = ssh2.utils.parseKey(publicKey) as ParsedKey | Error | ParsedKey[];
    const first = Array.isArray(parsed) ? parsed[0] : parsed;
    if (first === undefined || first instanceof Error) throw refused('the public key cannot be read');
    this.#key = first;
  }

  getIdentities(answer: (error: undefined, keys: ParsedKey[]) => void): void {
    answer(undefined, [this.#key]);
  }

  sign(...args: unknown[]): void {
    this.wanted = true;
    const answer = args.at(-1);
    if (typeof answer === 'function') (answer as (error: Error) => void)(new Error('no private half is known'));
  }
}
