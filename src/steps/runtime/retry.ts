import { remedyFor, parseForbidden } from '../../upgrade/drain/admission-denial.ts';
import { tryParseJson } from '../../text/json.ts';
import { redact } from '../../text/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { refused, StepError, tryAgain, unexpected } from './step-error.ts';

/** Clients and limits of a retry. */
export interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  readonly patienceSeconds?: number;
}

/** A control plane that is being upgraded is away for minutes, not for hours. */
export const DEFAULT_PATIENCE_SECONDS = 600;
/** A restarting API server answers 401 and 403 until its caches are full; a permission that is missing stays missing. */
export const DENIED_GRACE_SECONDS = 30;
const FIRST_DELAY_SECONDS = 1;
const LONGEST_DELAY_SECONDS = 15;
/** A server that asks for more patience than this at a time is asked earlier all the same. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/**
 * Repeats a request until the server answers. `what` is a verb and a resource, such as `list nodes`, for messages. Throws
 * only `StepError`s; `httpStatus` returns the HTTP status of one.
 */
export async function retryTransient<T>(what: string, op: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, log, patienceSeconds = DEFAULT_PATIENCE_SECONDS } = patience;
  const beganMs = clock.now();
  const seconds = (): number => Math.round((clock.now() - beganMs) / 1000);
  let deniedSinceMs: number | undefined;
  let delaySeconds = FIRST_DELAY_SECONDS;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await op();
      if (attempt > 1) log(`${what}: answered again after ${seconds()} s`);
      return answer;
    } catch (error) {
      if (!isDenied(error) && !isTransient(error)) throw asStepError(what, error);
      deniedSinceMs = isDenied(error) ? (deniedSinceMs ?? clock.now()) : undefined;
      const graceMs = deniedSinceMs === undefined ? Infinity : deniedSinceMs + DENIED_GRACE_SECONDS * 1000;
      const untilMs = Math.min(beganMs + patienceSeconds * 1000, graceMs);
      const pauseSeconds = Math.max(delaySeconds, retryAfterSeconds(error) ?? 0);
      if (clock.now() + pauseSeconds * 1000 > untilMs) throw givenUp(what, seconds(), error);
      if (attempt === 1) log(`cannot ${what} (${describe(error)}); asking again for up to ${patienceSeconds} s`);
      await clock.sleep(pauseSeconds);
      delaySeconds = Math.min(delaySeconds * 2, LONGEST_DELAY_SECONDS);
    }
  }
}

function givenUp(what: string, seconds: number, error: unknown): StepError {
  if (isDenied(error)) return asStepError(what, error);
  return tryAgain(`could not ${what} for ${seconds} s; the last answer was: ${describe(error)}`, error);
}

function asStepError(what: string, error: unknown): StepError {
  if (error instanceof StepError) return error;
  const remedy = remedyOf(error);
  if (remedy === undefined) return unexpected(`could not ${what}: ${describe(error)}`, error);
  return refused(`may not ${what}: ${describe(error)}; ${remedy}`, error);
}

/** What to do about an answer that forbids the request; undefined for every other answer. */
function remedyOf(error: unknown): string | undefined {
  const forbidden = parseForbidden(httpMessage(error));
  if (forbidden.kind === 'denied') return remedyFor(forbidden.denial);
  if (!isDenied(error)) return undefined;
  return forbidden.kind === 'plugin'
    ? 'an admission plugin of the API server forbids it, not a missing permission: put right what its text names'
    : 'grant it in the access of the step (contract.ts) and apply dist/ again';
}

const TRANSIENT_STATUS: readonly number[] = [408, 429, 500, 502, 503, 504];

const TRANSIENT_CODES: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['EAI_AGAIN', 'EPROTO', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
  'UND_ERR_SOCKET',
]);

// Bound: nothing is repeated.
const TRANSIENT_TEXT = new RegExp(
  [
    /connection (refused|reset)|socket hang up|\bEOF\b|GOAWAY|connection lost|other side closed/,
    /i\/o timeout|TLS handshake|etcdserver: (leader changed|request timed out|no leader)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** Whether the same question may well be answered a little later. An HTTP answer is judged by its status alone. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StepError) return false;
  const status = httpStatus(error);
  if (status !== undefined) return TRANSIENT_STATUS.includes(status);
  return causes(error).some(
    (link) =>
      link.name === 'TimeoutError' ||
      TRANSIENT_CODES.has((link as { code?: unknown }).code) ||
      TRANSIENT_TEXT.test(link.message),
  );
}

const isDenied = (error: unknown): boolean =>
  !(error instanceof StepError) && [401, 403].includes(httpStatus(error) ?? 0);

/** The HTTP status that an error, or what caused it, stands for. Other numeric codes (of SSH, say) are below 100. */
export const httpStatus = (error: unknown): number | undefined => httpAnswer(error)?.code;

/**
 * Whether the API server itself answers with this status. An admission webhook chooses its status, so the 404 or 409 of one
 * that denies a request says nothing about the object.
 */
export const isStatus = (error: unknown, status: number): boolean =>
  httpStatus(error) === status && parseForbidden(httpMessage(error)).kind !== 'denied';

/** What the server wrote along with it: the message of a Kubernetes Status, or the beginning of whatever came. */
export const httpMessage = (error: unknown): string => messageOf(httpAnswer(error)?.body);

/** How long the server asks us to stay away (Retry-After), in seconds; undefined when it does not. */
export function retryAfterSeconds(error: unknown): number | undefined {
  const text = Object.entries(httpAnswer(error)?.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'retry-after',
  )?.[1];
  return /^\d{1,6}$/.test(text ?? '') ? Math.min(Number(text), LONGEST_RETRY_AFTER_SECONDS) : undefined;
}

/** The messages of an error and of its causes in one line: clients write "fetch failed" and hide the reason in the cause. */
export function describe(error: unknown): string {
  const answer = httpAnswer(error);
  if (answer !== undefined) return describeAnswer(answer.code, answer.body);
  return redact([...new Set(causes(error).map(textOf))].join(': ') || String(error));
}

export const describeAnswer = (status: number, body: unknown): string =>
  redact([`HTTP ${status}`, messageOf(body)].filter((part) => part !== '').join(': '));

interface HttpAnswer {
  readonly code: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const httpAnswer = (error: unknown): HttpAnswer | undefined => causes(error).find(isHttpAnswer);

const isHttpAnswer = (link: object): link is HttpAnswer & Error =>
  'code' in link && typeof link.code === 'number' && link.code >= 100 && link.code <= 599;

function messageOf(body: unknown): string {
  const status = typeof body === 'string' ? tryParseJson(body) : body;
  if (typeof status === 'object' && status !== null && 'message' in status && typeof status.message === 'string')
    return status.message;
  return typeof body === 'string' ? body.trim().slice(0, 200) : '';
}

const textOf = (error: Error): string => error.message || ((error as { code?: string }).code ?? error.name);

/** An error, what caused it and so on; of several (addresses tried at the same time) the first. */
export function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const next: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return [error, ...causes(next)];
}
