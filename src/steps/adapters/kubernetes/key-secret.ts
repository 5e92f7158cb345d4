import { isStatus } from '../../runtime/retry.ts';
import { Secret } from '../../runtime/secret.ts';
import { refused } from '../../runtime/step-error.ts';
import type { KeySecret } from '../../ports/key-secret.ts';
import type { Api } from './api.ts';
import { SECRETS } from './resources.ts';

const KEY = 'ssh_key';

/** Reads keys. An adapter of SSH implements it. */
export interface KeyReader {
  /** The private key that is to take its place. */
  readonly next: () => Secret;
  readonly publicKeyOf: (key: Secret) => string;
}

export function keySecret(api: Api, name: string, { next, publicKeyOf }: KeyReader): KeySecret {
  const where = { name, namespace: api.namespace };
  return {
    async read() {
      const { data, metadata } = await api.get(SECRETS, where);
      const text = data?.[KEY];
      if (text === undefined) throw refused(`Secret ${api.namespace}/${name} has no ${KEY}.`);
      const key = publicKeyOf(new Secret(Buffer.from(text, 'base64').toString('utf8')));
      return { key, revision: metadata?.resourceVersion ?? '' };
    },
    async takeNext({ revision }) {
      const data = { [KEY]: Buffer.from(next().reveal()).toString('base64') };
      const body = { metadata: { resourceVersion: revision }, data };
      try {
        await api.patch(SECRETS, where, body);
        return 'written';
      } catch (error) {
        if (isStatus(error, 409)) return 'changed';
        throw error;
      }
    },
  };
}
