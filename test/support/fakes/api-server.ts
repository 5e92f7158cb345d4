import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** An HTTP answer, or the line is cut before there is one. */
export type ApiAnswer =
  { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> } | 'cut';

export interface ApiServer {
  readonly requests: ApiRequest[];
  /** Answers to come, one per request. A request beyond them is a mistake of the test and answered 418. */
  readonly answers: (ApiAnswer | ((request: ApiRequest) => ApiAnswer))[];
  readonly config: KubeConfig;
  close(): Promise<void>;
}

export const ok = (body: unknown): ApiAnswer => ({ status: 200, body });
/** As the API server words it. */
export const failure = (code: number, message: string, reason = ''): ApiAnswer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
});

/** Stands in for an API server where the wire matters: addresses, content types, status codes. */
export async function startApiServer(): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  const answers: ApiServer['answers'] = [];
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => {
      requests.push(request);
      const answer = answers.shift() ?? { status: 418, body: `no answer for ${request.method} ${request.path}` };
      respond(response, typeof answer === 'function' ? answer(request) : answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    answers,
    config: configFor(port),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function configFor(port: number): KubeConfig {
  const config = new KubeConfig();
  const cluster = { name: 'stand-in', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  config.loadFromClusterAndUser(cluster, { name: 'tester' });
  return config;
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(incoming.url ?? '/', 'http://stand-in');
  const text = await textOf(incoming);
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    contentType: incoming.headers['content-type'],
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function respond(response: ServerResponse, answer: ApiAnswer): void {
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const json = typeof answer.body !== 'string';
  response.writeHead(answer.status, {
    ...{ 'content-type': json ? 'application/json' : 'text/plain', connection: 'close' },
    ...answer.headers,
  });
  response.end(json ? JSON.stringify(answer.body) : answer.body);
}
