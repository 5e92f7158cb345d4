import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `hangs`: the connection stays open, and nothing comes. */
export type ChatAnswer = 'hangs' | 'cut' | { status: number; body?: string; headers?: Record<string, string> };

/** Whatever takes a post of JSON: an incoming webhook of Slack, a bot. */
export class ChatServer {
  readonly #server: Server;
  /** Given first, in order; then all is well. */
  readonly answers: ChatAnswer[] = [];
  readonly posts: { readonly path: string; readonly type: string; readonly json: unknown }[] = [];

  /** Called when it does not answer. A test lets the time of its clock pass. */
  whileItHangs: () => void = () => undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const type = request.headers['content-type'] ?? '';
        this.posts.push({ path: request.url ?? '', type, json: JSON.parse(body) as unknown });
        const answer = this.answers.shift() ?? { status: 200, body: 'ok' };
        if (answer === 'cut') response.destroy();
        else if (answer === 'hangs') this.whileItHangs();
        else response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  }

  static async start(): Promise<ChatServer> {
    const fake = new ChatServer();
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
}
