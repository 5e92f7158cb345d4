import type { KeySecret, SeenKey } from '../ports/key-secret.ts';

export type { SeenKey };

/** Returns undefined when the operator replaces the key. The step then must not read the Secret. */
export async function observe(
  secret: Pick<KeySecret, 'read'>,
  { by }: { readonly by: 'operator' | 'workflow' },
): Promise<SeenKey | undefined> {
  return by === 'operator' ? undefined : secret.read();
}
