import { HIDDEN, redact } from '../../text/redact.ts';
import type { Secret } from '../runtime/secret.ts';

/** The text of an error in one line, without the address of a webhook: some errors of fetch quote it. */
export function hideAddress(secret: Secret, text: string): string {
  const address = secret.reveal();
  const url = URL.parse(address);
  const parts = [address, redact(address), url?.href, url?.pathname, url?.search]
    .filter((part) => part !== undefined && part.length > 1)
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0)) as string[];
  const hidden = parts.reduce((rest, part) => rest.replaceAll(part, HIDDEN), text);
  return redact(hidden).replace(/\s+/g, ' ').trim();
}
