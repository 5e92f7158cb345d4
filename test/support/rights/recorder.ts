import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import { configFor } from '../fakes/api-server.ts';

/** One thing that was asked of the API server, as RBAC sees it. */
export interface Asked {
  readonly verb: string;
  /** `apps/deployments/scale`, or a path such as `/readyz`. */
  readonly what: string;
  /** undefined: every namespace, or none. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** An API server that grants everything and writes down what it was asked. */
export class Recorder {
  readonly #server = createServer((request, response) => {
    this.#answer(request, response);
  });
  #asked: Asked[] = [];
  #objects: Readonly<Record<string, object>> = {};

  /** `objects`: what is there, by its path; everything else is an empty object, or an empty list. */
  static async start(objects: (port: number) => Readonly<Record<string, object>>): Promise<Recorder> {
    const recorder = new Recorder();
    await new Promise<void>((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
    recorder.#objects = objects(recorder.#port());
    return recorder;
  }

  #port = (): number => (this.#server.address() as AddressInfo).port;
  config = (): KubeConfig => configFor(this.#port());

  async during(work: () => Promise<unknown>): Promise<readonly Asked[]> {
    this.#asked = [];
    await work();
    return this.#asked;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://recorder');
    this.#asked.push(askedBy(request.method ?? 'GET', pathname));
    request.resume();
    const object = this.#objects[pathname] ?? { items: [], metadata: { resourceVersion: '1' }, status: {} };
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(object));
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb */
function askedBy(method: string, path: string): Asked {
  const [, root, ...parts] = path.split('/');
  const versioned = root === 'api' ? 1 : root === 'apis' ? 2 : 0;
  const about = parts.slice(versioned);
  if (versioned === 0 || about.length === 0)
    return { verb: method.toLowerCase(), what: path, namespace: undefined, name: undefined };
  const group = root === 'api' ? '' : `${parts[0] ?? ''}/`;
  const namespaced = about[0] === 'namespaces' && about.length > 2;
  const [resource = '', name, sub] = namespaced ? about.slice(2) : about;
  return {
    verb: verbOf(method, name),
    what: `${group}${resource}${sub === undefined ? '' : `/${sub}`}`,
    // A Namespace is an object of its own namespace, as a rule of a Role sees it.
    namespace: namespaced ? about[1] : resource === 'namespaces' ? name : undefined,
    name,
  };
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const verbOf = (method: string, name: string | undefined): string =>
  VERBS[method] ?? (name === undefined ? 'list' : 'get');
