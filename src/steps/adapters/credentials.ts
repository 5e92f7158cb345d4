import type { Credentials, ReadCredentials } from '../ports/credentials.ts';

const NONE: Credentials = { headers: {}, hide: (text) => text, remedy: '' };
export const noCredentials: ReadCredentials = () => NONE;

/** `wants a login: HTTP 401`, or `refused the login: HTTP 401` where the request had one, and what to do. */
export function loginProblem(status: number, { headers, remedy }: Credentials): string {
  const what = 'authorization' in headers ? 'refused the login' : 'wants a login';
  return `${what}: HTTP ${status}${remedy === '' ? '' : `; ${remedy}`}`;
}

export const isLoginProblem = (status: number): boolean => status === 401 || status === 403;
