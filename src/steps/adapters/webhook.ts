import { formatKubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { titleOf, type Notice } from '../../signals/notice.ts';
import { retryTransient } from '../runtime/retry.ts';
import { unexpected } from '../runtime/step-error.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReadCredentials } from '../ports/credentials.ts';
import type { Log } from '../ports/log.ts';
import { noCredentials, send } from './http.ts';
import { HIDDEN, redact } from '../../text/redact.ts';

export interface WebhookOptions {
  /** An http or https address with its query: who knows it can post. */
  readonly url: Secret;
  readonly credentials?: ReadCredentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutSeconds?: number;
  readonly patienceSeconds?: number;
}

const TIMEOUT_SECONDS = 10;
const PATIENCE_SECONDS = 30;

/** JSON for whatever is there: a bot, a ticket system. */
export function webhook({ url, clock, log, credentials = noCredentials, ...limits }: WebhookOptions): Chat {
  const { timeoutSeconds = TIMEOUT_SECONDS, patienceSeconds = PATIENCE_SECONDS } = limits;
  return {
    tell: async (notice) => {
      const body = JSON.stringify(bodyOf(notice));
      try {
        // The text of the answer is not quoted: it may hold the address, whole, cut or escaped.
        const request = { method: 'POST', type: 'application/json', body, credentials, quotesAnswer: false };
        const post = async () => send(addressOf(url), { ...request, signal: clock.timeout(timeoutSeconds) });
        await retryTransient('tell the webhook', post, {
          clock,
          patienceSeconds,
          log: (line) => {
            log(hideAddress(url, line));
          },
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log(
          `The webhook was not told (${hideAddress(url, why)}); the step continues. Check webhook_url in the Secret.`,
        );
      }
    },
  };
}

const bodyOf = (notice: Notice): object => ({
  event: notice.event,
  cluster: notice.cluster,
  run: notice.run,
  target: notice.target === undefined ? null : formatKubeVersion(notice.target),
  title: titleOf(notice),
  text: notice.text,
  seconds: notice.seconds ?? null,
  link: notice.link ?? null,
});

function addressOf(secret: Secret): URL {
  const url = URL.parse(secret.reveal());
  if (url === null || !/^https?:$/.test(url.protocol)) throw unexpected('it is no http or https address');
  // fetch refuses such an address, and quotes it.
  if (url.username !== '' || url.password !== '')
    throw unexpected(
      'its address has a user or a password, which is not supported; put user:password into webhook_login and set notify.webhookLogin: basic',
    );
  return url;
}

/** The text of an error in one line, without the address of a webhook: some errors of fetch quote it. */
export function hideAddress(secret: Secret, text: string): string {
  const address = secret.reveal();
  const url = URL.parse(address);
  const parts = [address, redact(address), url?.href, url?.pathname, url?.search]
    .filter((part) => part !== undefined && part.length > 1)
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0)) as string[];
  const hidden = parts.reduce((rest, part) => rest.replaceAll(part, HIDDEN), text);
  return redact(hidden).replace(/\s+/g, ' ').trim();
}
