import type { ReadCredentials, Credentials } from '../ports/credentials.ts';
import { unexpected } from '../runtime/step-error.ts';
import { overTls } from './tls/tls-failure.ts';

/** Limit of an answer. The largest answer, the alerts of a large cluster, has a few MB. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** The body of an HTTP answer. Throws what `tooLarge` makes when it is larger than {@link MOST_BYTES}; the rest is not read. */
export async function wholeBody(body: AsyncIterable<Uint8Array> | null, tooLarge: () => Error): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface SendRequest {
  readonly method: string;
  readonly type: string;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly credentials: ReadCredentials;
  /** Whether the error of a refused request holds the answer. Without it, no message quotes the answer. */
  readonly quotesAnswer: boolean;
}

/** Sends a body and follows no redirect. Throws for an answer that is no success: with its HTTP status in `code`. */
export async function send(address: string | URL, request: SendRequest): Promise<void> {
  const { method, type, body, signal, credentials, quotesAnswer } = request;
  const login = credentials();
  const headers = { 'Content-Type': type, ...login.headers };
  const response = await overTls(address, () => fetch(address, { method, headers, body, redirect: 'manual', signal }));
  const answer = await wholeBody(response.body, () => new Error(`the answer is larger than ${MOST_BYTES} bytes`));
  if (response.ok) return;
  // Not handled like a 403 of the API server, whose remedy is a role of this project.
  if (isLoginProblem(response.status)) throw unexpected(`it ${loginProblem(response.status, login)}`);
  const quoted = quotesAnswer ? { body: login.hide(answer.toString('utf8')) } : {};
  throw Object.assign(new Error(`HTTP ${response.status}`), { code: response.status, ...quoted });
}

const NONE: Credentials = { headers: {}, hide: (text) => text, remedy: '' };
export const noCredentials: ReadCredentials = () => NONE;

/** `wants a login: HTTP 401`, or `refused the login: HTTP 401` where the request had one, and what to do. */
export function loginProblem(status: number, { headers, remedy }: Credentials): string {
  const what = 'authorization' in headers ? 'refused the login' : 'wants a login';
  return `${what}: HTTP ${status}${remedy === '' ? '' : `; ${remedy}`}`;
}

/**
 * The problem where a redirect led to another server. A request to another scheme, host or port carries no login:
 * https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function loginProblemAt(here: URL, status: number, { headers, remedy }: Credentials): string {
  const wanted = `redirects to ${here.origin}, which wants a login: HTTP ${status}; name ${here.origin} in the settings, since a login goes to no other server`;
  return 'authorization' in headers || remedy === '' ? wanted : `${wanted}, and ${remedy}`;
}

export const isLoginProblem = (status: number): boolean => status === 401 || status === 403;
