import type { KubeConfig } from '@kubernetes/client-node';
import { httpStatus, isStatus, retryTransient, type Patience } from '../../runtime/retry.ts';
import { unexpected } from '../../runtime/step-error.ts';
import { abortError } from '../clock.ts';
import { CONFIG_MAPS, pathOf, titleOf, type Place, type Resource, type V1ConfigMap } from './resources.ts';
import { isObject, requestObject, requestText, type RestRequest } from './rest.ts';

/** No single answer takes longer; a server that hangs is a server that is away. */
const REQUEST_TIMEOUT_SECONDS = 30;
const PAGE_SIZE = 500;
/** A list that expires (410) starts again. More attempts than this point to a fault. */
const LIST_ATTEMPTS = 5;

/** The API server and how we ask it. */
export interface Api {
  readonly config: KubeConfig;
  readonly options: ApiOptions;
  readonly namespace: string;
  /** Repeats `op` until the server answers. `what`: verb and resource, for messages. */
  ask<T>(what: string, op: () => Promise<T>): Promise<T>;
  /** Sends one request, without a retry, and returns the object of the answer. */
  request<T>(request: RestRequest): Promise<T>;
  /** Like `request`, for an answer in plain text. */
  requestText(request: RestRequest): Promise<string>;
  get<T extends object>(resource: Resource<T>, place: Place): Promise<T>;
  /** Like `get`, with undefined for the answer 404. */
  find<T extends object>(resource: Resource<T>, place: Place): Promise<T | undefined>;
  /** All pages of a list. A list whose continuation has expired is read again from its start. */
  list<T extends object>(resource: Resource<T>, query?: ListQuery): Promise<readonly T[]>;
  create<T extends object>(resource: Resource<T>, place: Place, body: T): Promise<T>;
  replace<T extends object>(resource: Resource<T>, place: Place, body: T): Promise<T>;
  /** Keys set to null are removed; everything that is not named stays. */
  patch<T extends object>(resource: Resource<T>, place: Place, body: object): Promise<T>;
}

export interface ApiOptions extends Patience {
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

interface ListQuery {
  /** Absent: every namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The most objects in one answer. */
  readonly limit?: number;
}

export function connectApi(config: KubeConfig, options: ApiOptions): Api {
  const limits = { timeoutSeconds: REQUEST_TIMEOUT_SECONDS, signal: options.signal };
  const ask: Api['ask'] = (what, op) => retryTransient(what, () => orAbortError(op(), options.signal), options);
  const request: Api['request'] = (asked) => requestObject(config, asked, limits);
  const send =
    (verb: string, method: RestRequest['method']) =>
    <T extends object>(resource: Resource<T>, place: Place, body?: object): Promise<T> =>
      ask(`${verb} ${titleOf(resource, place, options.namespace)}`, async () =>
        request({ method, path: pathOf(resource, place), body }),
      );
  const get: Api['get'] = send('get', 'GET');
  return {
    config,
    options,
    namespace: options.namespace,
    ask,
    request,
    requestText: (asked) => requestText(config, asked, limits),
    get,
    find: (resource, place) => unlessMissing(get(resource, place)),
    list: <T extends object>(resource: Resource<T>, where: ListQuery = {}) => {
      const { namespace, fieldSelector, labelSelector, limit = PAGE_SIZE } = where;
      const what = `list ${titleOf(resource, { namespace }, options.namespace)}`;
      return listAll((token) =>
        ask(what, async () => {
          const query = { continue: token, fieldSelector, labelSelector, limit };
          return pageOf<T>(what, await request({ method: 'GET', path: pathOf(resource, { namespace }), query }));
        }),
      );
    },
    create: send('create', 'POST'),
    replace: send('update', 'PUT'),
    patch: send('patch', 'PATCH'),
  };
}

/** An aborted request is no answer that makes no sense, but the end of the step. */
const orAbortError = <T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  asked.catch((error: unknown) => {
    throw signal?.aborted === true ? abortError(signal) : error;
  });

interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; undefined on the last page. */
  readonly next: string | undefined;
}

interface ListAnswer {
  readonly items?: unknown;
  readonly metadata?: unknown;
}

/** Throws `Bug` for an answer without a list: a missing list never counts as an empty one. */
function pageOf<T extends object>(what: string, answer: ListAnswer): Page<T> {
  const items = answer.items === null ? [] : answer.items;
  if (!Array.isArray(items) || !items.every(isObject))
    throw unexpected(
      `could not ${what}: the answer has no list of objects in items, expected a list of the Kubernetes API`,
    );
  const { continue: next } = Object(answer.metadata) as { readonly continue?: unknown };
  return { items: items as T[], next: typeof next === 'string' && next !== '' ? next : undefined };
}

async function listAll<T>(page: (token: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listOnce(page);
    } catch (error) {
      if (httpStatus(error) !== 410 || attempt === LIST_ATTEMPTS) throw error;
    }
  }
}

async function listOnce<T>(page: (token: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...items);
    token = next;
  } while (token !== undefined);
  return all;
}

/** What `op` returns, or undefined when the answer is 404. */
export async function unlessMissing<T>(op: Promise<T>): Promise<T | undefined> {
  return op.catch((error: unknown) => {
    if (httpStatus(error) === 404) return undefined;
    throw error;
  });
}

/** The result of a write that names the resourceVersion of the object that was read. */
export async function resultOfWrite(write: Promise<unknown>): Promise<'written' | 'changed' | 'gone'> {
  try {
    await write;
    return 'written';
  } catch (error) {
    if (isStatus(error, 409)) return 'changed';
    if (isStatus(error, 404)) return 'gone';
    throw error;
  }
}

/** A ConfigMap of the namespace of the run or of another one; undefined when there is none. */
export function readConfigMap(api: Api, name: string, namespace = api.namespace): Promise<V1ConfigMap | undefined> {
  return api.find(CONFIG_MAPS, { namespace, name });
}
