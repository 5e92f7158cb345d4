import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from './commands.ts';
import { Daemon } from './daemon.ts';

const CHAT = 'http://10.210.0.1:9094';
/** What the Secret has for `notify`. */
export const WEBHOOKS = {
  slack_webhook: `${CHAT}/services/T0000/B0000/not-to-be-told`,
  webhook_url: `${CHAT}/webhook?token=not-to-be-told`,
};

const FILE = join(REPO, 'build/signals/posts.jsonl');

/** Plays Slack and a webhook of the operator. */
export function startChat(): Promise<Daemon> {
  mkdirSync(join(REPO, 'build/signals'), { recursive: true });
  rmSync(FILE, { force: true });
  return Daemon.start(['node', `${REPO}/lab/servers/chat.mjs`, '10.210.0.1', '9094', FILE], CHAT);
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

export interface Posts {
  readonly slack: readonly SlackPost[];
  readonly webhook: readonly WebhookPost[];
}

/** Everything that was posted about a run. */
export function postsAbout(run: string): Posts {
  const lines = existsSync(FILE)
    ? readFileSync(FILE, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => line !== '')
    : [];
  const posts = lines.map((line) => JSON.parse(line) as { path: string; body: SlackPost & WebhookPost });
  return {
    slack: posts
      .filter(({ path, body }) => path.startsWith('/services/') && JSON.stringify(body).includes(run))
      .map(({ body }) => body),
    webhook: posts.filter(({ path, body }) => path.startsWith('/webhook?') && body.run === run).map(({ body }) => body),
  };
}

export const headerOf = ({ blocks }: SlackPost): string =>
  blocks.find(({ type }) => type === 'header')?.text?.text ?? '';
