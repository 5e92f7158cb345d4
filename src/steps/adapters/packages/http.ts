import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { describe, isTransient, retryTransient } from '../../runtime/retry.ts';
import { StepError, tryAgain } from '../../runtime/step-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Credentials, ReadCredentials } from '../../ports/credentials.ts';
import type { Log } from '../../ports/log.ts';
import { abortError } from '../clock.ts';
import { loginProblem, loginProblemAt, MOST_BYTES, noCredentials, wholeBody } from '../http.ts';
import { overTls } from '../tls/tls-failure.ts';

export interface HttpOptions {
  /** undefined: what the environment says, as for every other program (HTTPS_PROXY, NO_PROXY). */
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: readonly string[] | undefined;
  readonly credentials?: ReadCredentials;
  /** For one answer, its body included. */
  readonly timeoutSeconds: number;
  /** Seconds for which a request is repeated while no server answers. */
  readonly patienceSeconds?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** What came at the end of all redirects, whatever its status; 5xx is no answer. */
export interface Answer {
  /** `GET <address>`, and where that led to. */
  readonly asked: string;
  readonly status: number;
  readonly lastModified: string | undefined;
  readonly body: Buffer;
}

export type Method = 'GET' | 'HEAD';
export type Http = (method: Method, address: string) => Promise<Answer>;

const PATIENCE_SECONDS = 120;

/** Asks, follows redirects, and asks again while the server is away or says 5xx. Throws `StepError`s that say try again. */
export function httpClient(options: HttpOptions): Http {
  const { clock, log, patienceSeconds = PATIENCE_SECONDS } = options;
  const dispatcher = dispatcherOf(options);
  return (method, address) =>
    retryTransient(
      `${method} ${withoutCredentials(address)}`,
      async () => {
        try {
          return await follow(method, new URL(address), dispatcher, options);
        } catch (error) {
          throw asAnswerable(method, address, error, options);
        }
      },
      { clock, log, patienceSeconds },
    );
}

/** Without an option the agent reads the environment. */
const dispatcherOf = ({ httpsProxy, noProxy = [] }: HttpOptions): Dispatcher =>
  new EnvHttpProxyAgent({
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy.length === 0 ? {} : { noProxy: noProxy.join(',') }),
  });

async function follow(method: Method, start: URL, dispatcher: Dispatcher, options: HttpOptions): Promise<Answer> {
  const credentials = credentialsFor(start, options);
  const way = [start];
  for (;;) {
    const here = way.at(-1) ?? start;
    const asked = [`${method} ${withoutCredentials(start)}`, ...way.slice(1).map(withoutCredentials)].join(' → ');
    const isOwn = here.origin === start.origin;
    const authorization = isOwn ? credentials.headers['authorization'] : undefined;
    const { location, ...answer } = await exchange(method, here, authorization, { ...options, dispatcher });
    // Without a login, 403 says that a file is not there, as pkgs.k8s.io does. With one it may be a wrong login.
    if (isOwn && (answer.status === 401 || (answer.status === 403 && authorization !== undefined)))
      throw tryAgain(`${asked}: it ${loginProblem(answer.status, credentials)}.`);
    if (isLoginLost(here, start, answer.status, credentials))
      throw tryAgain(`${asked}: it ${loginProblemAt(here, answer.status, credentials)}.`);
    if (answer.status >= 500) throw Object.assign(new Error(asked), { code: answer.status });
    if (!isRedirect(answer.status)) return { asked, ...answer };
    way.push(nextAddress(way, location, asked));
  }
}

/** A server of downloads answers 403 for what is not there. The host of the repository does so for a missing login. */
const isLoginLost = (here: URL, start: URL, status: number, { headers }: Credentials): boolean =>
  here.origin !== start.origin &&
  (status === 401 || (status === 403 && here.hostname === start.hostname && 'authorization' in headers));

type Exchanged = Omit<Answer, 'asked'> & { readonly location: string | undefined };

async function exchange(
  method: Method,
  url: URL,
  authorization: string | undefined,
  { clock, timeoutSeconds, signal, dispatcher }: HttpOptions & { readonly dispatcher: Dispatcher },
): Promise<Exchanged> {
  const timeout = clock.timeout(timeoutSeconds);
  const { statusCode, headers, body } = await overTls(url, () =>
    request(withoutCredentials(url), {
      method,
      dispatcher,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      headers: { 'user-agent': 'argo-kubeadm-upgrade', ...(authorization === undefined ? {} : { authorization }) },
    }),
  );
  return {
    status: statusCode,
    location: single(headers['location']),
    lastModified: single(headers['last-modified']),
    body: await wholeBody(body, () => tryAgain(`the answer is larger than ${MOST_BYTES} bytes`)),
  };
}

/** A user in the address itself is used before a login of the Secret. */
function credentialsFor(start: URL, { credentials = noCredentials }: HttpOptions): Credentials {
  if (start.username === '') return credentials();
  const [user, password] = [start.username, start.password].map(decodeURIComponent);
  const encoded = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
  return { ...noCredentials(), headers: { authorization: `Basic ${encoded}` } };
}

export function withoutCredentials(address: URL | string): string {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return String(address);
  [url.username, url.password] = ['', ''];
  return url.href;
}

/** Whatever kept an answer from coming is worth another try: by the loop here, or by the whole step later. */
function asAnswerable(
  method: Method,
  address: string,
  error: unknown,
  { timeoutSeconds, signal }: HttpOptions,
): unknown {
  if (signal?.aborted === true) return abortError(signal);
  if (error instanceof StepError) return error;
  if (error instanceof Error && error.name === 'TimeoutError')
    return Object.assign(new Error(`no answer within ${timeoutSeconds} s`), { name: error.name });
  if (isTransient(error)) return error;
  return tryAgain(`could not ${method} ${withoutCredentials(address)}: ${describe(error)}`, error);
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

const isRedirect = (status: number): boolean => REDIRECTS.includes(status);

/** Where a redirect leads, `way` being every address so far; throws where it may not be followed. */
function nextAddress(way: readonly URL[], location: string | undefined, asked: string): URL {
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
