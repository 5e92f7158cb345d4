import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { chatInputs } from '../../contract/run-context.ts';
import { CHAT_DIR, type ValuesOf } from '../../contract/step-contract.ts';
import { SLACK_WEBHOOK, WEBHOOK_URL } from '../../run/webhook-keys.ts';
import { systemClock } from '../adapters/clock.ts';
import { slack } from '../adapters/slack.ts';
import { webhook } from '../adapters/webhook.ts';
import type { Chat } from '../ports/chat.ts';
import type { Log } from '../ports/log.ts';
import type { Tools } from '../runtime/run-step.ts';
import { Secret } from '../runtime/secret.ts';
import { credentialsOf } from '../runtime/server-login.ts';

/** Every channel that the settings name. */
export function chatClient(inputs: ValuesOf<typeof chatInputs>, { log }: Pick<Tools, 'log'>): Chat {
  const channels: Chat[] = [];
  const toSlack = inputs.slack ? readWebhook('slack', SLACK_WEBHOOK, log) : undefined;
  if (toSlack !== undefined) channels.push(slack({ webhook: toSlack, clock: systemClock(), log }));
  const toOthers = inputs.webhook ? readWebhook('webhook', WEBHOOK_URL, log) : undefined;
  if (toOthers !== undefined)
    channels.push(webhook({ url: toOthers, credentials: credentialsOf('webhook'), clock: systemClock(), log }));
  return {
    tell: async (notice) => {
      await Promise.all(channels.map((channel) => channel.tell(notice)));
    },
  };
}

/** A missing key in the Secret must not fail the exit handler. */
function readWebhook(setting: string, key: string, log: Log): Secret | undefined {
  try {
    return new Secret(readFileSync(join(process.env['CHAT_DIR'] ?? CHAT_DIR, key), 'utf8').trim());
  } catch {
    log(
      `notify.${setting} is true, and the step cannot read ${key}: put it into the Secret. No message is sent there.`,
    );
    return undefined;
  }
}
