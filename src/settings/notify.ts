import { httpUrl, login, port, toggle } from './kinds.ts';
import { section, setting } from './kit.ts';

export const notify = section(
  'notify',
  'Messages about a run: one when an upgrade begins, one when it ends. A run without anything to do sends none.',
  {
    slack: setting(toggle('true or false; the address belongs in the Secret, under the key slack_webhook'), {
      default: false,
      doc: 'True: messages go to Slack, by the incoming webhook in the key slack_webhook of the Secret.',
    }),
    webhook: setting(toggle('true or false; the address belongs in the Secret, under the key webhook_url'), {
      default: false,
      doc: 'True: each message is also posted as JSON (event, cluster, run, target, title, text, seconds, link) to the address in the key webhook_url of the Secret.',
    }),
    webhookLogin: setting(login, {
      default: 'none',
      doc: 'How steps log in to the webhook, by the key webhook_login of the Secret.',
    }),
    webhookPort: setting(port, {
      default: 443,
      doc: 'Port of the address in webhook_url. The NetworkPolicy lets messages through to this port.',
    }),
    argoUiUrl: setting(httpUrl('https://argo.example.com'), {
      optional: true,
      example: 'https://argo.example.com',
      doc: 'The Argo UI as people reach it, for links in messages. Absent: messages have no link.',
    }),
  },
);
