import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';

/** How one path answers: a function has the say over everything; `cut` ends the connection. */
export type PackageAnswer =
  'cut' | { status: number; body?: string | Buffer; headers?: Record<string, string> } | RequestListener;

/** One stanza as pkgs.k8s.io writes it; `revision` is that of the package. */
export const stanza = (version: string, about: { name?: string; revision?: string; arch?: string } = {}): string => {
  const { name = 'kubeadm', revision = '1.1', arch = 'amd64' } = about;
  return [
    `Package: ${name}`,
    `Version: ${version}-${revision}`,
    `Architecture: ${arch}`,
    'Maintainer: Kubernetes Authors <dev@kubernetes.io>',
    'Description: Command-line utility for administering a Kubernetes cluster',
    ' Command-line utility for administering a Kubernetes cluster',
    `Filename: ${arch}/${name}_${version}-${revision}_${arch}.deb`,
    'Size: 12345',
    '',
    '',
  ].join('\n');
};

/** A package repository as a web server, on 127.0.0.1: what no rule names is 404, as it may well be there. */
export class PackageServer {
  readonly #server: Server;
  readonly #rules = new Map<string, PackageAnswer[]>();
  readonly #scheme: 'http' | 'https';
  /** `GET /v1.34/deb/Packages`, in order. */
  readonly asked: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** Targets of CONNECT, when it is used as a proxy; it leads to `tunnelTo`, whatever they say. */
  readonly connects: string[] = [];
  tunnelTo: PackageServer | undefined;
  /** Answers CONNECT with this instead. */
  connectStatus: string | undefined;

  private constructor(tls?: { key: string; cert: string }) {
    const listener: RequestListener = (request, response) => {
      this.#answer(request, response);
    };
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#server.on('connect', (request: IncomingMessage, socket, head) => {
      this.connects.push(request.url ?? '');
      if (this.connectStatus !== undefined || this.tunnelTo === undefined) {
        socket.end(`HTTP/1.1 ${this.connectStatus ?? '502 Bad Gateway'}\r\n\r\n`);
        return;
      }
      const upstream = connect(this.tunnelTo.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on('error', () => upstream.destroy());
    });
  }

  static async start(tls?: { key: string; cert: string }): Promise<PackageServer> {
    const server = new PackageServer(tls);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** Answers in order; the last one stays. */
  on(path: string, ...answers: PackageAnswer[]): this {
    this.#rules.set(path, answers);
    return this;
  }

  /** A whole minor. */
  offer(minor: string, packages: string): this {
    return this.on(`/v${minor}/deb/Release`, { status: 200, body: 'Origin: x\n' }).on(`/v${minor}/deb/Packages`, {
      ...{ status: 200, body: packages },
    });
  }

  /** To the same path elsewhere. */
  redirect(path: string, to: string, status = 302): this {
    return this.on(path, { status, headers: { location: to } });
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    this.asked.push(`${method} ${url}`);
    this.headers.push(request.headers);
    const answers = this.#rules.get(url) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof answer === 'function') answer(request, response);
    else if (answer === 'cut') request.socket.destroy();
    else if (answer === undefined) response.writeHead(404).end('not found');
    else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }
}
