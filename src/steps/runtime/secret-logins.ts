import type { Checkup } from '../ports/checkup.ts';
import type { LoginSource } from './server-login.ts';
import { refused } from './step-error.ts';

export type SecretReads = Pick<Checkup, 'secret'>;

/** Logins come from the Secret that the checkup has read before it asks a server. */
export function loginsFrom(
  reads: SecretReads,
  serverLogins: readonly string[],
): { readonly secretReads: SecretReads; readonly source: LoginSource } {
  let keys: ReadonlyMap<string, string> | undefined;
  const secret: SecretReads['secret'] = async (name) => {
    const reading = await reads.secret(name);
    keys = reading.known ? reading.value : undefined;
    return reading;
  };
  const textOf = (key: string): string => {
    const text = keys?.get(key);
    if (text === undefined) throw refused(`${key} cannot be read from the Secret: put the key there.`);
    return text;
  };
  return { secretReads: { secret }, source: { kinds: () => serverLogins.join(','), textOf } };
}
