import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `hangs`: the connection stays open, and nothing comes. `drips`: a byte now and then, never the last one. */
export type PushAnswer =
  'hangs' | 'drips' | 'cut' | { status: number; body?: string; headers?: Record<string, string> };

/** The API of a Pushgateway as far as it is asked: https://github.com/prometheus/pushgateway#api */
export class FakePushgateway {
  readonly #server: Server;
  readonly #prefix: string;
  #port = 0;
  /** Grouping key, as the path has it → gauge → its lines. */
  readonly #groups = new Map<string, Map<string, string[]>>();
  /** Given before anything else is done, in order. */
  readonly answers: PushAnswer[] = [];
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly type: string;
    readonly body: string;
  }[] = [];

  /** Called when it does not answer. A test lets the time of its clock pass. */
  whileItHangs: () => void = () => undefined;

  private constructor(prefix: string) {
    this.#prefix = prefix;
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url: path = '' } = request;
        if (method !== 'GET') this.requests.push({ method, path, type: request.headers['content-type'] ?? '', body });
        const answer = method === 'GET' ? undefined : this.answers.shift();
        if (answer === undefined) this.#serve(method, path, body, response);
        else this.#misbehave(answer, response);
      });
    });
  }

  static async start(prefix = ''): Promise<FakePushgateway> {
    const fake = new FakePushgateway(prefix);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    fake.#port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#prefix}`;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(method: string, path: string, body: string, response: ServerResponse): void {
    const job = new RegExp(`^${this.#prefix}/metrics/job/((?:[A-Za-z0-9@_-]+/)*[A-Za-z0-9_-]+)$`).exec(path)?.[1];
    if (method === 'GET' && path === `${this.#prefix}/metrics`) response.end(this.#exposition());
    else if (job === undefined) response.writeHead(404).end('404 page not found\n');
    else if (method === 'DELETE') this.#delete(job, response);
    else if (!body.endsWith('\n')) response.writeHead(400).end('text format parsing error: unexpected end of input\n');
    else this.#take(job, method, parse(body), response);
  }

  #misbehave(answer: PushAnswer, response: ServerResponse): void {
    if (answer === 'cut') response.destroy();
    else if (answer === 'hangs') this.whileItHangs();
    else if (answer === 'drips') this.#drip(response);
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #drip(response: ServerResponse): void {
    let drops = 0;
    const timer = setInterval(() => {
      response.write('.');
      if (++drops === 3) this.whileItHangs();
    }, 5);
    response.writeHead(200).once('close', () => {
      clearInterval(timer);
    });
  }

  #delete(job: string, response: ServerResponse): void {
    this.#groups.delete(job);
    response.writeHead(202).end();
  }

  #take(job: string, method: string, gauges: Map<string, string[]>, response: ServerResponse): void {
    const before = method === 'POST' ? [...(this.#groups.get(job) ?? [])] : [];
    this.#groups.set(job, new Map([...before, ...gauges]));
    response.writeHead(200).end();
  }

  /** Every series has the labels of its grouping key and an empty instance. */
  #exposition(): string {
    const lines = [...this.#groups].flatMap(([job, gauges]) =>
      [...gauges.values()].flat().map((line) => {
        const [, gauge = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        const all = ['instance=""', ...labelsOf(job), ...(labels === '' ? [] : labels.split(','))];
        return `${gauge}{${all.join(',')}} ${Number(value).toExponential()}`;
      }),
    );
    return ['# TYPE push_time_seconds gauge', 'push_time_seconds{instance="",job="x"} 1e+09', ...lines, ''].join('\n');
  }
}

/** `x/cluster/a` and `x/cluster@base64/YQ` → `job="x"`, `cluster="a"`. */
function labelsOf(group: string): string[] {
  const words = `job/${group}`.split('/');
  return words.flatMap((name, at) => {
    const value = words[at + 1];
    if (at % 2 === 1 || value === undefined) return [];
    const [label = '', encoding] = name.split('@');
    return [`${label}="${encoding === 'base64' ? Buffer.from(value, 'base64url').toString() : value}"`];
  });
}

function parse(body: string): Map<string, string[]> {
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const nameOf = (line: string): string => /^\w+/.exec(line)?.[0] ?? '';
  return new Map(lines.map((line) => [nameOf(line), lines.filter((other) => nameOf(other) === nameOf(line))]));
}

const OURS = /^(k8s_(?:upgrade|version)_\w+)\{(.*)\} (\S+)$/;

/** What a Pushgateway shows of the gauges of a cluster, without what it adds to them. */
export async function readPushgateway(url: string, cluster: string): Promise<string[]> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return page
    .split('\n')
    .flatMap((line) => {
      const [, gauge = '', labels = '', value = ''] = OURS.exec(line) ?? [];
      if (gauge === '' || !labels.split(',').includes(`cluster="${cluster}"`)) return [];
      const own = labels
        .split(',')
        .filter((label) => !/^(instance|job|cluster)=/.test(label))
        .sort();
      return [`${gauge}${own.length === 0 ? '' : `{${own.join(',')}}`} ${Number(value)}`];
    })
    .sort();
}

/** Removes the groups of these clusters, as a restart does. */
export async function emptyPushgateway(url: string, clusters: readonly string[]): Promise<void> {
  const jobs = ['k8s-version-upgrade', 'k8s-version-check', 'k8s-version-last-run'];
  for (const group of jobs.flatMap((job) => clusters.map((cluster) => `${job}/cluster/${cluster}`)))
    await (await fetch(`${url}/metrics/job/${group}`, { method: 'DELETE' })).text();
}
