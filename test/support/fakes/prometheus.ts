import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PrometheusAnswer = { readonly status: number; readonly body: string } | 'hangs' | 'cut';
type Sample = Readonly<Record<string, string>>;

/** The API of a Prometheus, and the list of alerts of an Alertmanager, as far as it is asked; answers of a test's own come first. */
export class FakePrometheus {
  readonly queries: string[] = [];
  readonly answers: PrometheusAnswer[] = [];
  /** Instances of API servers that it scrapes. */
  scraped: string[] = ['10.0.0.1:6443', '10.0.0.2:6443'];
  deprecated: Sample[] = [];
  /** As a Prometheus or, at its own address, an Alertmanager shows them. */
  alerts: object[] = [];
  groups: object[] = [{ name: 'k8s', rules: [{ name: 'Watchdog', type: 'alerting' }] }];
  /** Called when it does not answer. A test lets the time of its clock pass. */
  whileItHangs: () => void = () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://p');
      const query = searchParams.get('query') ?? '';
      if (pathname === '/api/v1/query') this.queries.push(query);
      const answer = this.answers.shift() ?? { status: 200, body: this.#answer(pathname, query) };
      if (answer === 'hangs') {
        this.whileItHangs();
        return;
      }
      if (answer === 'cut') {
        response.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' });
      response.end(answer.body);
    });
  }

  static async start(): Promise<FakePrometheus> {
    const fake = new FakePrometheus();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string, query: string): string {
    if (path === '/api/v1/alerts') return success({ alerts: this.alerts });
    if (path === '/api/v1/rules') return success({ groups: this.groups });
    if (path === '/api/v2/alerts') return JSON.stringify(this.alerts);
    return this.#evaluate(query);
  }

  #evaluate(query: string): string {
    if (query.includes('apiserver_requested_deprecated_apis')) return vector(this.deprecated);
    return vector(this.scraped.map((instance) => ({ instance })));
  }
}

export const vector = (metrics: readonly Sample[], more: object = {}): string =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: metrics.map((metric) => ({ metric, value: [1_795_482_000, '1'] })) },
    ...more,
  });

export const success = (data: object, more: object = {}): string =>
  JSON.stringify({ status: 'success', data, ...more });
