import type { KeySecret, SeenKey } from '../ports/key-secret.ts';

/** Who was faster is seen by the next look. */
export async function takeNext(seen: SeenKey, secret: KeySecret, mayBegin: () => Promise<void>): Promise<void> {
  await mayBegin();
  await secret.takeNext(seen);
}
