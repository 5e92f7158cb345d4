import ssh2, { type ParsedKey } from 'ssh2';
import { formatPublicKey } from '../../../src/steps/adapters/ssh/public-key.ts';

export interface TestKey {
  /** OpenSSH private key. */
  readonly private: string;
  /** `<type> <base64>`. */
  readonly public: string;
}

/**
 * Fresh keys; nothing secret lies in the repository. ssh2's generator, not its parser, cuts the zeros off a public half
 * that begins with them, one in 256 (https://github.com/mscdex/ssh2/issues/1513): such a pair is drawn again.
 */
export function ed25519(): TestKey {
  let pair = ssh2.utils.generateKeyPairSync('ed25519');
  while (ssh2.utils.parseKey(pair.public) instanceof Error) pair = ssh2.utils.generateKeyPairSync('ed25519');
  return textOf(pair);
}
export const ecdsa = (): TestKey => textOf(ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }));
export const rsa = (): TestKey => textOf(ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }));

const textOf = (pair: { private: string; public: string }): TestKey => ({
  private: pair.private,
  public: formatPublicKey((ssh2.utils.parseKey(pair.public) as ParsedKey).getPublicSSH()),
});
