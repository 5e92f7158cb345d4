import { tryAgain } from '../../runtime/step-error.ts';

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

export const isRedirect = (status: number): boolean => REDIRECTS.includes(status);

/** Where a redirect leads, `way` being every address so far; throws where it may not be followed. */
export function nextAddress(way: readonly URL[], location: string | undefined, asked: string): URL {
  const here = way.at(-1);
  const next = URL.parse(location ?? '', here?.href);
  if (location === undefined || next === null) {
    throw tryAgain(`${asked}: a redirect to nowhere (Location: ${location ?? 'none'}).`);
  }
  // A redirect must not choose a login, and a fragment is not part of an address.
  [next.username, next.password, next.hash] = ['', '', ''];
  if (!isAllowed(here, next)) throw tryAgain(`${asked}: a redirect to ${next.href}, which is not followed.`);
  if (way.some((before) => sameAddress(before, next)))
    throw tryAgain(`${asked} → ${next.href}: redirected in a circle.`);
  if (way.length > MOST_REDIRECTS) throw tryAgain(`${asked}: more than ${MOST_REDIRECTS} redirects.`);
  return next;
}

/** apt follows the same rule: never from https to http. */
const isAllowed = (from: URL | undefined, to: URL): boolean =>
  to.protocol === 'https:' || (to.protocol === 'http:' && from?.protocol !== 'https:');

const sameAddress = (a: URL, b: URL): boolean =>
  a.host === b.host && a.protocol === b.protocol && a.pathname === b.pathname && a.search === b.search;
