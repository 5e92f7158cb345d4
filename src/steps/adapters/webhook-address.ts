import { HIDDEN, redact } from '../../upgrade/redact.ts';
import type { Secret } from '../harness/secret.ts';

/** A text of one line without the address of a webhook and without any part of it that is secret: what a server answers may quote them. */
export function withoutAddress(secret: Secret, text: string): string {
  const address = secret.reveal();
  const url = URL.parse(address);
  const values = [...(url?.searchParams.values() ?? [])].filter((value) => value.length > 3);
  const parts = [address, redact(address), url?.pathname, url?.search, url?.password, url?.hash, ...values]
    .filter((part) => part !== undefined && part.length > 1)
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0)) as string[];
  const hidden = parts.reduce((rest, part) => rest.replaceAll(part, HIDDEN), text);
  return redact(hidden).replace(/\s+/g, ' ').trim();
}
