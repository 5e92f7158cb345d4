/** Kubelets and controllers write their objects every few seconds, so a write that meets another one is tried again. */
export const WRITE_ATTEMPTS = 20;

/**
 * Reads and writes an object until no other write comes in between. Returns what the last attempt returned; `changed` when others
 * changed the object in each of the attempts.
 */
export async function untilWritten<R>(readAndWrite: () => Promise<R | 'changed'>): Promise<R | 'changed'> {
  for (let attempt = 1; attempt < WRITE_ATTEMPTS; attempt++) {
    const result = await readAndWrite();
    if (result !== 'changed') return result;
  }
  return readAndWrite();
}
