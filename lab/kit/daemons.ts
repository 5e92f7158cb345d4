import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { built, SWITCH } from './cluster.ts';
import { inLab, REPO, sleep, tryInLab } from './commands.ts';

/** A program of this host in the lab's network, for as long as the campaign needs it. */
export class Daemon {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and waits until `url` answers anything at all; by whose certificate is not asked. */
  static async start(command: readonly string[], url: string): Promise<Daemon> {
    const daemon = new Daemon(spawn(join(REPO, 'lab/in-lab.sh'), [...command], { stdio: 'ignore' }));
    for (let attempt = 0; attempt < 60; attempt++) {
      if (await answers(url)) return daemon;
      await sleep(0.5);
    }
    await daemon.stop();
    throw new Error(`${command.join(' ')} does not answer at ${url}`);
  }

  /** Ends it and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const answers = async (url: string): Promise<boolean> =>
  (await tryInLab('curl', '-sk', '-o', '/dev/null', '--max-time', '2', url)).exitCode === 0;

/** Runs a program while `work` runs. */
export async function withDaemon(start: () => Promise<Daemon>, work: () => Promise<void>): Promise<void> {
  const daemon = await start();
  try {
    await work();
  } finally {
    await daemon.stop();
  }
}

/** The command of a program of `lab/servers` that listens at the host and port of `url`. */
export function server(program: string, url: string, ...args: readonly string[]): readonly string[] {
  const { hostname, port } = new URL(url);
  return ['node', join(REPO, `lab/servers/${program}`), hostname, port, ...args];
}

/** Where the campaigns' clusters push to. */
export const PUSHGATEWAY = `http://${SWITCH}:9091`;

export async function startPushgateway(): Promise<Daemon> {
  const command = [await built('pushgateway'), `--web.listen-address=${new URL(PUSHGATEWAY).host}`];
  return Daemon.start(command, `${PUSHGATEWAY}/-/ready`);
}

export const withPushgateway = (work: () => Promise<void>): Promise<void> => withDaemon(startPushgateway, work);

/** The pipeline's own series, as they are scraped. */
export const scraped = async (): Promise<string[]> =>
  (await inLab('curl', '-sf', `${PUSHGATEWAY}/metrics`)).split('\n').filter((line) => line.startsWith('k8s_'));

/** `blocked=1 failed=0 held=0 in_flight=0`, as a real Pushgateway has them. */
export async function runGauges(): Promise<string> {
  const lines = await scraped();
  const value = (name: string): string =>
    /\S+$/.exec(lines.find((line) => line.startsWith(`k8s_upgrade_${name}{`)) ?? ' none')?.[0] ?? '';
  return ['blocked', 'failed', 'held', 'in_flight'].map((name) => `${name}=${value(name)}`).join(' ');
}

/** {@link runGauges} when no gauge is up. */
export const NO_GAUGE = 'blocked=0 failed=0 held=0 in_flight=0';

const CHAT = `http://${SWITCH}:9094`;
/** What the Secret has for `notify`. */
export const WEBHOOKS = {
  slack_webhook: `${CHAT}/services/T0000/B0000/not-to-be-told`,
  webhook_url: `${CHAT}/webhook?token=not-to-be-told`,
};

const POSTS = join(REPO, 'build/chat/posts.jsonl');

/** Plays Slack and a webhook of the operator. */
export function startChat(): Promise<Daemon> {
  mkdirSync(join(REPO, 'build/chat'), { recursive: true });
  rmSync(POSTS, { force: true });
  return Daemon.start(server('chat.mjs', CHAT, POSTS), CHAT);
}

interface SlackPost {
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
}

interface WebhookPost {
  readonly event: string;
  readonly run: string;
  readonly title: string;
  readonly text: string;
}

interface Posts {
  readonly slack: readonly SlackPost[];
  readonly webhook: readonly WebhookPost[];
}

/** Everything that was posted about a run. */
export function postsAbout(run: string): Posts {
  const lines = (existsSync(POSTS) ? readFileSync(POSTS, 'utf8') : '').split('\n').filter((line) => line !== '');
  const posts = lines.map((line) => JSON.parse(line) as { path: string; body: SlackPost & WebhookPost });
  const bodies = (path: string): (SlackPost & WebhookPost)[] =>
    posts.filter((post) => post.path.startsWith(path)).map(({ body }) => body);
  return {
    slack: bodies('/services/').filter((body) => JSON.stringify(body).includes(run)),
    webhook: bodies('/webhook?').filter((body) => body.run === run),
  };
}

/** `started, upgraded`: the events of the posts to the webhook. */
export const eventsOf = ({ webhook }: Posts): string => webhook.map(({ event }) => event).join(', ');

export const headerOf = ({ blocks }: SlackPost): string =>
  blocks.find(({ type }) => type === 'header')?.text?.text ?? '';
