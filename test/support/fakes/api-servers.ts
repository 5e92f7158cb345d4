import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import { configFor } from './api-server.ts';

export type MetricsAnswer = { readonly status: number; readonly body: unknown } | 'cut';

/** Two API servers of one cluster, each at an address of its own, as far as their `/metrics` and their list of themselves go. */
export class FakeApiServers {
  readonly addresses = ['127.0.0.1', '127.0.0.2'];
  /** What a server says, where that is not what a healthy one says. */
  readonly answers = new Map<string, MetricsAnswer>();
  slice: MetricsAnswer | undefined;
  /** `127.0.0.1 /metrics`. */
  readonly asked: string[] = [];
  startedAtMs = Date.UTC(2026, 0, 1);
  deprecated: Readonly<Record<string, string>>[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const [host = ''] = (request.headers.host ?? '').split(':');
      this.asked.push(`${host} ${request.url ?? ''}`);
      const answer = this.#answer(host, request.url ?? '');
      if (answer === 'cut') {
        response.destroy();
        return;
      }
      const json = typeof answer.body !== 'string';
      response.writeHead(answer.status, {
        'content-type': json ? 'application/json' : 'text/plain',
        connection: 'close',
      });
      response.end(json ? JSON.stringify(answer.body) : answer.body);
    });
  }

  static async start(): Promise<FakeApiServers> {
    const fake = new FakeApiServers();
    await new Promise<void>((resolve) => fake.#server.listen(0, '0.0.0.0', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get config(): KubeConfig {
    return configFor(this.port);
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(host: string, path: string): MetricsAnswer {
    if (path === '/metrics') return this.answers.get(host) ?? { status: 200, body: this.metrics() };
    if (path !== '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes')
      return { status: 418, body: `no answer for ${path}` };
    return this.slice ?? { status: 200, body: sliceOf(this.addresses, this.port) };
  }

  /** As a real one says it, cut down. */
  metrics(): string {
    const series = this.deprecated.map(
      (labels) =>
        `apiserver_requested_deprecated_apis{${Object.entries(labels)
          .map(([name, value]) => `${name}="${value}"`)
          .join(',')}} 1`,
    );
    return [
      '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb.',
      '# TYPE apiserver_request_total counter',
      'apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",verb="LIST"} 42',
      ...(series.length === 0 ? [] : ['# TYPE apiserver_requested_deprecated_apis gauge', ...series]),
      '# TYPE process_start_time_seconds gauge',
      `process_start_time_seconds ${(this.startedAtMs / 1000).toExponential(11).replace('e+', 'e+0')}`,
      '',
    ].join('\n');
  }
}

export const sliceOf = (addresses: readonly string[], port: number): object => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
  metadata: { name: 'kubernetes', namespace: 'default' },
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  ports: [{ name: 'https', port, protocol: 'TCP' }],
});
