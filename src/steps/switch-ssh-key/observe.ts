import type { KeySecret, SeenKey } from '../ports/key-secret.ts';

/** Undefined where the operator is to do it: the Secret is none of ours then, and we may not even read it. */
export async function observe(
  secret: Pick<KeySecret, 'read'>,
  { by }: { readonly by: 'operator' | 'workflow' },
): Promise<SeenKey | undefined> {
  return by === 'operator' ? undefined : secret.read();
}
