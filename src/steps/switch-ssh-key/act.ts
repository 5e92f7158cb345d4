import type { KeySecret, SeenKey } from '../ports/key-secret.ts';

/** A write of another client is seen by the next look. */
export async function takeNext(seen: SeenKey, secret: KeySecret, mayBegin: () => Promise<void>): Promise<void> {
  await mayBegin();
  await secret.takeNext(seen);
}
