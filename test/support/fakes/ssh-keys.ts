import { utils, type ParsedKey } from 'ssh2';
import { formatPublicKey } from '../../../src/steps/adapters/ssh/public-key.ts';

export interface TestKey {
  /** OpenSSH private key. */
  readonly private: string;
  /** `<type> <base64>`. */
  readonly public: string;
}

/** Fresh keys; nothing secret lies in the repository. */
export const ed25519 = (): TestKey => textOf(utils.generateKeyPairSync('ed25519'));
export const ecdsa = (): TestKey => textOf(utils.generateKeyPairSync('ecdsa', { bits: 256 }));
export const rsa = (): TestKey => textOf(utils.generateKeyPairSync('rsa', { bits: 2048 }));

const textOf = (pair: { private: string; public: string }): TestKey => ({
  private: pair.private,
  public: formatPublicKey((utils.parseKey(pair.public) as ParsedKey).getPublicSSH()),
});
