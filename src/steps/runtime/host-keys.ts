import type { HostKeys } from '../ports/remote.ts';

/**
 * Reads the keys of each machine until they are known, and then keeps them while the step runs: a machine must be reachable
 * also while the API server, which stores the keys, does not answer.
 */
export function cachedHostKeys(hostKeys: HostKeys): HostKeys {
  const met = new Map<string, readonly string[]>();
  return {
    async known(host) {
      const keys = met.get(host.uid) ?? (await hostKeys.known(host));
      if (keys !== undefined) met.set(host.uid, keys);
      return keys;
    },
    remember: hostKeys.remember,
    whereKept: (host) => hostKeys.whereKept(host),
  };
}

/** Uses the stored keys. This process alone remembers a key that it sees for the first time. */
export function hostKeysInMemory(kept: HostKeys): HostKeys {
  const met = new Map<string, string>();
  return {
    async known(host) {
      const now = met.get(host.uid);
      return now === undefined ? kept.known(host) : [now];
    },
    async remember(host, key) {
      met.set(host.uid, key);
      return Promise.resolve();
    },
    whereKept: (host) => kept.whereKept(host),
  };
}
