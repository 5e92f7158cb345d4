import { tryParseJson } from '../../text/json.ts';
import { describe, retryTransient } from '../runtime/retry.ts';
import { unexpected } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Credentials, ReadCredentials } from '../ports/credentials.ts';
import type { Log } from '../ports/log.ts';
import { isLoginProblem, loginProblem, loginProblemAt, MOST_BYTES, noCredentials, wholeBody } from './http.ts';
import { shown } from './shown.ts';
import { overTls } from './tls/tls-failure.ts';

export interface MonitoringOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly credentials?: ReadCredentials;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** For how long a server that is away is asked again. */
  readonly patienceSeconds?: number | undefined;
}

const TIMEOUT_SECONDS = 30;
const PATIENCE_SECONDS = 60;

/** The text of a good answer. `what`: `query Prometheus http://…`, `who`: `Prometheus http://…`, for messages. */
export async function askMonitoring(
  { url, clock, log, signal, credentials = noCredentials, ...limits }: MonitoringOptions,
  path: string,
  { what, who }: { readonly what: string; readonly who: string },
): Promise<string> {
  const { timeoutSeconds = TIMEOUT_SECONDS, patienceSeconds = PATIENCE_SECONDS } = limits;
  const ask = async (): Promise<string> => {
    const login = credentials();
    const { headers } = login;
    const timeout = clock.timeout(timeoutSeconds);
    const response = await overTls(url, () =>
      fetch(`${url}${path}`, { headers, signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) }),
    );
    const body = await wholeBody(response.body, () => unexpected(`${who} answered with more than ${MOST_BYTES} bytes`));
    const answer = body.toString('utf8');
    // A valid answer is not redacted, because a password may be one of its words. Messages quote only other answers.
    if (response.ok && !('error' in tryParse(answer))) return answer;
    const text = login.hide(answer);
    if (response.ok) return text;
    // Not handled like a 403 of the API server, whose remedy is a role of this project.
    if (/\bno org id\b/i.test(text))
      throw unexpected(
        `${who} wants the name of a tenant in the header X-Scope-OrgID (HTTP ${response.status}), as Grafana Mimir and Cortex do. No setting sends it: give the address of a proxy that adds it.`,
      );
    if (isLoginProblem(response.status)) throw unexpected(`${who} ${problemOf(response, url, login)}`);
    throw Object.assign(new Error(`HTTP ${response.status}`), { code: response.status, body: errorIn(text) });
  };
  return retryTransient(what, ask, { clock, log, patienceSeconds });
}

function problemOf({ status, url }: Response, asked: string, login: Credentials): string {
  const here = URL.parse(url);
  const isElsewhere = here !== null && here.origin !== URL.parse(asked)?.origin;
  return isElsewhere ? loginProblemAt(here, status, login) : loginProblem(status, login);
}

/** Prometheus words its errors in a field of its own. */
function errorIn(text: string): string {
  const { error } = Object(tryParseJson(text)) as { error?: unknown };
  return typeof error === 'string' ? error : text;
}

/**
 * Whether a warning is an annotation of level info, which is about the expression and not about the data. Newer releases
 * of Prometheus send those in a field `infos` of their own. https://github.com/prometheus/prometheus/issues/14135
 */
const isPromqlNote = (warning: unknown): boolean => typeof warning === 'string' && /^PromQL info:/.test(warning);

/** What a successful answer of the Prometheus API carries. */
export function dataIn(text: string, who: string): Readonly<Record<string, unknown>> {
  const { status, error, warnings, data } = tryParse(text);
  if (status !== 'success') {
    const what = typeof error === 'string' ? error : JSON.stringify(text.slice(0, 80));
    throw unexpected(`${who} answered with no result: ${what}`);
  }
  // A store that is away, a series that was cut: what is missing may be what we ask for.
  const partial = Array.isArray(warnings) ? warnings.filter((each) => !isPromqlNote(each)) : [];
  if (partial.length > 0)
    throw unexpected(`${who} answered with a part of the result only: ${partial.map(shown).join('; ')}`);
  return Object(data) as Readonly<Record<string, unknown>>;
}

/** An object whatever came; what is no JSON becomes an object whose `error` says so. */
export function tryParse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    return { error: `${describe(error)}: ${JSON.stringify(text.slice(0, 80))}` };
  }
}
