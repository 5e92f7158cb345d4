import { readFileSync } from 'node:fs';
import ssh2, { type ParsedKey } from 'ssh2';
import { describe } from '../../runtime/retry.ts';
import { Secret } from '../../runtime/secret.ts';
import { refused } from '../../runtime/step-error.ts';
import { formatPublicKey } from './public-key.ts';

export function readPrivateKey(path: string): Secret {
  try {
    return new Secret(readFileSync(path, 'utf8'));
  } catch (error) {
    const remedy = 'it is a key of the Secret that secrets.name of the settings names';
    throw refused(`cannot read the SSH key ${path}: ${describe(error)}; ${remedy}`, error);
  }
}

/** `<type> <base64>` */
export const publicKeyOf = (key: Secret): string => formatPublicKey(parsePrivateKey(key).getPublicSSH());

export function parsePrivateKey(key: Secret): ParsedKey {
  const parsed = ssh2.utils.parseKey(key.reveal()) as ParsedKey | Error | ParsedKey[];
  const first = Array.isArray(parsed) ? parsed[0] : parsed;
  if (first instanceof Error) {
    throw refused(
      `the SSH key cannot be used: ${first.message}; an OpenSSH private key without a passphrase is needed`,
    );
  }
  if (first?.isPrivateKey() !== true) throw refused('the SSH key is a public key; the private one is needed');
  return first;
}
