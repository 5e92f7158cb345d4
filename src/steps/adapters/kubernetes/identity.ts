import type { KubeConfig } from '@kubernetes/client-node';
import { CLUSTER_ANNOTATION } from '../../../run/installed-cluster.ts';
import { tryParseJson } from '../../../text/json.ts';
import { redact } from '../../../text/redact.ts';
import { describe, describeAnswer, httpStatus, isTransient, retryTransient } from '../../runtime/retry.ts';
import { badInput } from '../../runtime/step-error.ts';
import { abortError } from '../clock.ts';
import { shown } from '../shown.ts';
import { connectApi, type Api, type ApiOptions } from './api.ts';
import { findConfig } from './kubeconfig.ts';
import { NAMESPACES, pathOf, type V1Namespace } from './resources.ts';
import { HttpError, send } from './rest.ts';

/** What the Namespace of the pipeline says: which settings its objects were rendered from. */
export type Installed =
  | { readonly state: 'named'; readonly cluster: string }
  /** Its objects come from a release that does not write the name. */
  | { readonly state: 'unnamed' }
  | { readonly state: 'not-installed' }
  | { readonly state: 'unreadable'; readonly because: string };

export interface ClusterIdentity {
  readonly context: string;
  /** Without user and password. */
  readonly server: string;
  /** Such as v1.34.9; undefined where the server does not tell it to this user. */
  readonly version: string | undefined;
  readonly installed: Installed;
}

export type IdentityOptions = ApiOptions & {
  /** For tests; otherwise what kubectl would use. */
  readonly config?: KubeConfig;
};

/** A server that does not answer within this time is asked again. */
const TIMEOUT_SECONDS = 10;

/**
 * Asks which cluster the kubeconfig leads to. Throws `BadInput` when the server is no Kubernetes API or cannot be used with
 * this kubeconfig, and `TryAgain` when the server does not answer.
 */
export async function identify({ config = findConfig(), ...options }: IdentityOptions): Promise<ClusterIdentity> {
  const where = placeOf(config);
  const what = `ask the API server ${where.server} (context ${where.context}) for its version`;
  const version = await retryTransient(what, () => versionOf(config, where.server, options.signal), options);
  return { ...where, version, installed: await installedIn(config, options) };
}

export const placeOf = (config: KubeConfig) => ({
  context: config.currentContext,
  server: redact(config.getCurrentCluster()?.server ?? ''),
});

async function versionOf(config: KubeConfig, server: string, signal?: AbortSignal): Promise<string | undefined> {
  const answer = await answerOf(config, server, signal);
  const { status, text } = answer;
  const { kind, gitVersion } = Object(tryParseJson(text)) as { kind?: unknown; gitVersion?: unknown };
  if (status === 200 && typeof gitVersion === 'string') return plainVersion(gitVersion);
  // The API server words its refusals so, whatever the path.
  if (kind === 'Status' && (status === 401 || status === 403)) return undefined;
  // A server that may be no Kubernetes API adds no text to a message.
  const failure = new HttpError({ ...answer, text: '' });
  if (isTransient(failure)) throw failure;
  throw badInput(
    `this is no Kubernetes API: ${server} answered /version with ${describeAnswer(status, '')}; check the server of the context in the kubeconfig`,
  );
}

async function answerOf(config: KubeConfig, server: string, signal?: AbortSignal) {
  try {
    return await send(config, { method: 'GET', path: '/version' }, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal);
    if (isTransient(error)) throw error;
    throw badInput(`${server} cannot be used with this kubeconfig: ${describe(error)}; try: kubectl version`);
  }
}

/** A vendor may add a suffix. Anything else is nothing that a terminal should be given. */
const plainVersion = (version: string): string | undefined =>
  /^v[0-9A-Za-z.+_-]{1,60}$/.test(version) ? version : undefined;

export async function installedIn(config: KubeConfig, options: ApiOptions): Promise<Installed> {
  const api = connectApi(config, options);
  const read = await api.ask(`get namespace ${options.namespace}`, () => namespaceOf(api, options));
  if ('because' in read)
    return read.status === 404 ? { state: 'not-installed' } : { state: 'unreadable', because: read.because };
  const cluster = read.annotations[CLUSTER_ANNOTATION];
  if (cluster === undefined) return { state: 'unnamed' };
  // Anyone with the right to annotate the Namespace writes this text, so it counts only as the name of a settings file.
  return { state: 'named', cluster: NAME.test(cluster) ? cluster : JSON.stringify(shown(cluster)) };
}

type NamespaceRead =
  | { readonly annotations: Readonly<Record<string, string>> }
  | { readonly status: number | undefined; readonly because: string };

/** Returns a refusal as an answer, because waiting does not change it. */
async function namespaceOf(api: Api, { namespace: name, signal }: ApiOptions): Promise<NamespaceRead> {
  try {
    const { metadata } = await api.request<V1Namespace>({ method: 'GET', path: pathOf(NAMESPACES, { name }) });
    return { annotations: metadata?.annotations ?? {} };
  } catch (error) {
    if (isTransient(error) || signal?.aborted === true) throw error;
    return { status: httpStatus(error), because: describe(error) };
  }
}

const NAME = /^[a-z0-9-]{1,40}$/;
