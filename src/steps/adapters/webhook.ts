import { formatKubeVersion } from '../../upgrade/kube-version.ts';
import { titleOf, type Notice } from '../../upgrade/notice.ts';
import { retryTransient } from '../harness/retry.ts';
import { unexpected } from '../harness/step-error.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { MOST_BYTES, wholeBody } from './http-body.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutSeconds?: number;
  readonly patienceSeconds?: number;
}

const TIMEOUT_SECONDS = 10;
const PATIENCE_SECONDS = 30;

/** JSON for whatever is there: a bot, a ticket system. */
export function webhook({ url, clock, log, ...limits }: WebhookOptions): Chat {
  const { timeoutSeconds = TIMEOUT_SECONDS, patienceSeconds = PATIENCE_SECONDS } = limits;
  return {
    tell: async (notice) => {
      const body = JSON.stringify(bodyOf(notice));
      try {
        await retryTransient(`tell ${url}`, () => post(url, body, timeoutSeconds), { clock, log, patienceSeconds });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log(`The webhook was not told: ${why}; the step goes on. Check notify.webhookUrl.`);
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

async function post(url: string, body: string, timeoutSeconds: number): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  });
  const answer = await wholeBody(response.body, () => new Error(`the answer is larger than ${MOST_BYTES} bytes`));
  const text = answer.toString('utf8');
  if (response.ok) return;
  // Not by the way of the API server's 403, for which a role of ours is the remedy.
  if ([401, 403].includes(response.status)) throw unexpected(`${url} wants a login: HTTP ${response.status}`);
  throw Object.assign(new Error(`HTTP ${response.status}`), { code: response.status, body: text.slice(0, 200) });
}
