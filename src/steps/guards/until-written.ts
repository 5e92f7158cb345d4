import { tryAgain } from '../runtime/step-error.ts';

/** Kubelets and controllers write their objects every few seconds, so a write that meets another one is tried again. */
export const WRITE_ATTEMPTS = 20;

/**
 * Reads and writes an object until no other write comes in between. Returns the result of the last attempt. Throws `TryAgain`
 * when others changed the object in each of the attempts. `what`: the object, as the subject of that sentence.
 */
export async function untilWritten<R>(
  what: string,
  readAndWrite: () => Promise<R | 'changed'>,
  attempts = WRITE_ATTEMPTS,
): Promise<Exclude<R, 'changed'>> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const result = await readAndWrite();
    if (result !== 'changed') return result as Exclude<R, 'changed'>;
  }
  throw tryAgain(`${what} was changed by others ${attempts} times while we tried to write it.`);
}
