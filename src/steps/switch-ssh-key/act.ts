import type { KeySecret, SeenKey } from '../ports/key-secret.ts';

/** When another client wrote first, the next observation shows its write. */
export async function takeNext(seen: SeenKey, secret: KeySecret, mayBegin: () => Promise<void>): Promise<void> {
  await mayBegin();
  await secret.takeNext(seen);
}
