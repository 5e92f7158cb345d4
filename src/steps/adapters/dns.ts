import { lookup } from 'node:dns/promises';
import { describe } from '../runtime/retry.ts';
import { known, notKnown } from '../../upgrade/reading.ts';
import type { NamesPort } from '../ports/health.ts';

/** Shorter than a resolver needs in the worst case: 5 s for each server, twice, for each search domain. */
const TIMEOUT_SECONDS = 20;

type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

/**
 * By the resolver of the system, so with the search domains of the pod: `kubernetes.default.svc` is a name in every
 * cluster, whatever its domain.
 */
export const systemNames = (
  ask: Lookup = (name) => lookup(name, { all: true }),
  timeoutSeconds = TIMEOUT_SECONDS,
): NamesPort => ({
  async resolve(name) {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
    }, timeoutSeconds * 1000);
    try {
      const found = await Promise.race([ask(name), ended(late.signal)]);
      if (found === undefined) return notKnown(`${name}: no answer within ${timeoutSeconds} s`);
      const addresses = [...new Set(found.map(({ address }) => address))].sort();
      return addresses.length === 0 ? notKnown(`${name} has no address`) : known(addresses);
    } catch (error) {
      return notKnown(describe(error));
    } finally {
      clearTimeout(timer);
    }
  },
});

const ended = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
