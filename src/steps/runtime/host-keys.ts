import type { HostKeys } from '../ports/remote.ts';

/**
 * Asks for each machine's keys until they are known, and then remembers them for as long as the step lives: a machine
 * must be in sight also while the API server, which keeps the keys, is away.
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

/** Keys that are kept count; one that is met for the first time is remembered by this process alone. */
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
