import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook';
import type { KnownBlock } from '@slack/types';
import { slackMessage } from '../../signals/slack-message.ts';
import { describe } from '../runtime/retry.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { overTls } from './tls/tls-failure.ts';
import { hideAddress } from './webhook.ts';

export interface SlackOptions {
  /** The address of an incoming webhook. Knowledge of it is enough to post. */
  readonly webhook: Secret;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutSeconds?: number;
  /** Before the first of the two times that it is tried again; then twice as long. */
  readonly pauseSeconds?: number;
}

const TIMEOUT_SECONDS = 10;
const RETRIES = 2;

export function slack({ webhook, clock, log, timeoutSeconds = TIMEOUT_SECONDS, pauseSeconds = 1 }: SlackOptions): Chat {
  const post: typeof fetch = (address, init) => fetch(address, { ...init, signal: clock.timeout(timeoutSeconds) });
  const retryConfig = { retries: RETRIES, minTimeout: pauseSeconds * 1000, factor: 2 };
  return {
    tell: async (notice) => {
      try {
        const client = new IncomingWebhook(webhook.reveal(), { fetch: post, retryConfig });
        const { text, blocks } = slackMessage(notice);
        await overTls(webhook.reveal(), () => client.send({ text, blocks: [...blocks] as KnownBlock[] }));
      } catch (error) {
        log(
          `Slack was not told (${hideAddress(webhook, why(error))}); the step continues. Check slack_webhook in the Secret.`,
        );
      }
    },
  };
}

/** A code that Slack answers with, such as no_service. Other text may quote the address, whole, cut or escaped. */
const CODE = /^[a-z_]{1,40}$/;

const why = (error: unknown): string => {
  if (!(error instanceof IncomingWebhookHTTPError)) return describe(error);
  const code = error.body.trim();
  return `HTTP ${error.statusCode}${CODE.test(code) ? `: ${code}` : ''}`;
};
