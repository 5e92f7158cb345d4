import { IsomorphicFetchHttpLibrary, RequestContext, type KubeConfig } from '@kubernetes/client-node';
import { quoted } from '../../../text/bounded.ts';
import { tryParseJson } from '../../../text/json.ts';
import { badInput, unexpected } from '../../runtime/step-error.ts';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`. `pathOf` encodes the names in it. */
  readonly path: string;
  readonly query?: Query;
  /** A PATCH is a JSON merge patch: it removes keys that are null, and keeps every key that it does not name. */
  readonly body?: object | undefined;
}

/** A parameter that is undefined is left out. */
type Query = Readonly<Record<string, string | number | undefined>>;

interface RestLimits {
  /** For the whole request, with its answer. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An answer whose status is no success. retry.ts reads its fields. */
export class HttpError extends Error {
  /** The HTTP status. */
  readonly code: number;
  /** Text, most often a Status of the API server as JSON. */
  readonly body: string;
  readonly headers: RestAnswer['headers'];

  constructor({ status, text, headers }: RestAnswer) {
    super(`HTTP ${status}`);
    this.name = 'HttpError';
    this.code = status;
    this.body = text;
    this.headers = headers;
  }
}

/** Sends one request as the user of the kubeconfig. Returns every answer, whatever its status. */
export async function send(config: KubeConfig, asked: RestRequest, limits: RestLimits): Promise<RestAnswer> {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw badInput('the kubeconfig names no current cluster; set current-context in it');
  const { method, path, query = {}, body } = asked;
  const request = new RequestContext(`${server}${path}`, method);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) request.setQueryParam(name, String(value));
  if (body !== undefined) {
    request.setHeaderParam('Content-Type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    request.setBody(JSON.stringify(body));
  }
  request.setSignal(signalOf(limits));
  await config.applySecurityAuthentication(request);
  const answer = await new IsomorphicFetchHttpLibrary().send(request).toPromise();
  return { status: answer.httpStatusCode, headers: answer.headers, text: await answer.body.text() };
}

function signalOf({ timeoutSeconds, signal }: RestLimits): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}

/** The text of the answer. Throws an `HttpError` unless the answer is a success. */
export async function requestText(config: KubeConfig, request: RestRequest, limits: RestLimits): Promise<string> {
  const answer = await send(config, request, limits);
  if (answer.status < 200 || answer.status > 299) throw new HttpError(answer);
  return answer.text;
}

/**
 * The object of the answer, whose fields are not checked. Throws an `HttpError` unless the answer is a success. Throws `Bug`
 * for a success that is no JSON object, such as the page of a proxy.
 */
export async function requestObject<T>(config: KubeConfig, request: RestRequest, limits: RestLimits): Promise<T> {
  const text = await requestText(config, request, limits);
  const object = tryParseJson(text);
  if (isObject(object)) return object as T;
  throw unexpected(
    `${request.method} ${request.path} was answered with "${quoted(text, 80)}", expected a JSON object of the Kubernetes API; see whether a proxy stands in front of the API server`,
  );
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
