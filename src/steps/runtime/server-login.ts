import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOGIN_DIR } from '../../contract/step-contract.ts';
import { HIDDEN } from '../../text/redact.ts';
import { LOGIN_SETTINGS, loginKey, loginKindIn, loginOf, type Server } from '../../run/server-login.ts';
import type { ReadCredentials } from '../ports/credentials.ts';
import { refused } from './step-error.ts';
import type { Checkup } from '../ports/checkup.ts';

/** Where logins come from. */
export interface LoginSource {
  /** The servers that want a login: `prometheus=basic`. */
  readonly kinds: () => string;
  /** The value of a key of the Secret. Throws `Refused` where it cannot be read. */
  readonly textOf: (key: string) => string;
}

/** The environment of a pod, and the directory with the keys of the Secret. A person sets LOGIN_DIR. */
const ENVIRONMENT: LoginSource = {
  kinds: () => process.env['SERVER_LOGINS'] ?? '',
  textOf: (key) => {
    const directory = process.env['LOGIN_DIR'] ?? LOGIN_DIR;
    try {
      return readFileSync(join(directory, key), 'utf8');
    } catch (error) {
      throw refused(
        `${key} cannot be read from ${directory}. In a pod it comes from the Secret: put the key there. Elsewhere, set LOGIN_DIR to a directory with a file of that name.`,
        error,
      );
    }
  },
};

/** Reads the login for every request, because a Secret may have changed. Throws `Refused` for a key that cannot be used. */
export const credentialsOf =
  (server: Server, { kinds, textOf }: LoginSource = ENVIRONMENT): ReadCredentials =>
  () => {
    const [kind, setting, key] = [loginKindIn(kinds(), server), LOGIN_SETTINGS[server], loginKey(server)];
    if (kind === 'none')
      return {
        headers: {},
        hide: (text) => text,
        remedy: `put the login into the Secret as ${key}, and set ${setting} to basic or bearer`,
      };
    const login = loginOf(kind, textOf(key));
    if ('problem' in login) throw refused(`${setting} is ${kind}, and ${key} of the Secret ${login.problem}.`);
    return {
      headers: { authorization: login.header },
      hide: (text) => login.secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text),
      remedy: `${setting} is ${kind}: check ${key} of the Secret`,
    };
  };

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
