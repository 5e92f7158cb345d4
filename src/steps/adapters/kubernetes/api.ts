import {
  createConfiguration,
  PatchStrategy,
  ServerConfiguration,
  setHeaderOptions,
  type Configuration,
  type KubeConfig,
} from '@kubernetes/client-node';
import { httpStatus, retryTransient, type Patience } from '../../runtime/retry.ts';
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
}

export interface ApiOptions extends Patience {
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

export function connectApi(config: KubeConfig, options: ApiOptions): Api {
  const requests = requestsTo(config, REQUEST_TIMEOUT_SECONDS, options.signal);
  return {
    group: (Client) => new Client(requests),
    config,
    options,
    namespace: options.namespace,
    ask: (what, op) => retryTransient(what, () => orToldToEnd(op(), options.signal), options),
  };
}

/** An aborted request is no answer that makes no sense, but the end of the step. */
const orToldToEnd = <T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
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
          const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
          request.setSignal(signal === undefined ? timeout : AbortSignal.any([timeout, signal]));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
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
