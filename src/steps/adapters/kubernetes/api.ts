import {
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  PatchStrategy,
  ServerConfiguration,
  setHeaderOptions,
  type Configuration,
  type KubeConfig,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { httpStatus, isStatus, retryTransient, type Patience } from '../../runtime/retry.ts';
import { badInput } from '../../runtime/step-error.ts';
import { abortError } from '../clock.ts';

/** No single answer takes longer; a server that hangs is a server that is away. */
const REQUEST_TIMEOUT_SECONDS = 30;
const PAGE_SIZE = 500;
/** A list that expires (410) starts again. More attempts than this point to a fault. */
const LIST_ATTEMPTS = 5;

/** The API server and how we ask it. */
export interface Api {
  /**
   * The client of one API group, such as `CoreV1Api`. The bundle of a step holds only the groups that its adapters import: one
   * group is up to 3 MB of generated code.
   */
  group<T>(client: new (requests: Configuration) => T): T;
  readonly config: KubeConfig;
  readonly options: ApiOptions;
  readonly namespace: string;
  /** `what`: verb and resource, for messages. */
  ask<T>(what: string, op: () => Promise<T>): Promise<T>;
  /** Like `ask`, with undefined for the answer 404. */
  find<T>(what: string, op: () => Promise<T>): Promise<T | undefined>;
}

export interface ApiOptions extends Patience {
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

export function connectApi(config: KubeConfig, options: ApiOptions): Api {
  const requests = requestsTo(config, REQUEST_TIMEOUT_SECONDS, options.signal);
  const ask: Api['ask'] = (what, op) => retryTransient(what, () => orAbortError(op(), options.signal), options);
  return {
    group: (Client) => new Client(requests),
    config,
    options,
    namespace: options.namespace,
    ask,
    find: (what, op) => unlessMissing(ask(what, op)),
  };
}

/** An aborted request is no answer that makes no sense, but the end of the step. */
const orAbortError = <T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  asked.catch((error: unknown) => {
    throw signal?.aborted === true ? abortError(signal) : error;
  });

/** `KubeConfig.makeApiClient` knows no time-out; a middleware can set a signal on every request. */
export function requestsTo(config: KubeConfig, timeoutSeconds: number, signal?: AbortSignal): Configuration {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw badInput('the kubeconfig names no current cluster; set current-context in it');
  return createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (request) => {
          request.setSignal(limited(timeoutSeconds, signal));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
}

function limited(timeoutSeconds: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}

/** Asks for a path outside of every API group, such as `/readyz`. Returns every answer, whatever its status. */
export async function getPath(
  config: KubeConfig,
  path: string,
  timeoutSeconds: number,
  signal?: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const { baseServer, httpApi } = requestsTo(config, timeoutSeconds);
  const request = baseServer.makeRequestContext(path, HttpMethod.GET);
  request.setSignal(limited(timeoutSeconds, signal));
  await config.applySecurityAuthentication(request);
  const { httpStatusCode: status, body } = await httpApi.send(request).toPromise();
  return { status, text: await body.text() };
}

/** Keys set to null are removed; everything that is not named stays. */
export const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

interface Page<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly _continue?: string };
}
export interface PageRequest {
  limit: number;
  _continue?: string;
}

/** All pages of a list. A list whose continuation has expired is read again from its start. */
export async function listAll<T>(
  api: Api,
  what: string,
  page: (request: PageRequest) => Promise<Page<T>>,
): Promise<readonly T[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listOnce(api, what, page);
    } catch (error) {
      if (httpStatus(error) !== 410 || attempt === LIST_ATTEMPTS) throw error;
    }
  }
}

async function listOnce<T>(
  api: Api,
  what: string,
  page: (request: PageRequest) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let from: string | undefined;
  do {
    const request = from === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, _continue: from };
    const { items: some, metadata } = await api.ask(what, () => page(request));
    items.push(...some);
    from = metadata?._continue === '' ? undefined : metadata?._continue;
  } while (from !== undefined);
  return items;
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
  const shownName = namespace === api.namespace ? name : `${namespace}/${name}`;
  return api.find(`get configmap ${shownName}`, () =>
    api.group(CoreV1Api).readNamespacedConfigMap({ name, namespace }),
  );
}
