import type { Credentials, ReadCredentials } from '../ports/credentials.ts';

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
