import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PrometheusAnswer = { readonly status: number; readonly body: string } | 'hangs' | 'cut';
type Sample = Readonly<Record<string, string>>;

/** The query API of a Prometheus, as far as it is asked; answers of a test's own come first. */
export class FakePrometheus {
  readonly queries: string[] = [];
  readonly answers: PrometheusAnswer[] = [];
  /** Instances of API servers that it scrapes. */
  scraped: string[] = ['10.0.0.1:6443', '10.0.0.2:6443'];
  deprecated: Sample[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const query = new URL(request.url ?? '/', 'http://p').searchParams.get('query') ?? '';
      this.queries.push(query);
      const answer = this.answers.shift() ?? { status: 200, body: this.#evaluate(query) };
      if (answer === 'hangs') return;
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
