import type { Client } from 'ssh2';
import { abortError } from '../clock.ts';

/** Rejects when the connection fails or ends, or when the step is stopped. Never resolves. */
export function troubleOf(client: Client, signal?: AbortSignal): Promise<never> {
  const trouble = new Promise<never>((_, reject) => {
    const end = (): void => {
      if (signal) reject(abortError(signal));
    };
    if (signal?.aborted === true) end();
    signal?.addEventListener('abort', end);
    client.on('error', reject);
    client.on('close', () => {
      signal?.removeEventListener('abort', end);
      reject(new Error('the connection was closed'));
    });
  });
  // A rejection without a listener must not end the process.
  trouble.catch(() => undefined);
  return trouble;
}
