/** Keys of the Secret with the addresses to which messages about a run are posted. */
export const SLACK_WEBHOOK = 'slack_webhook';
export const WEBHOOK_URL = 'webhook_url';

/** The keys that the settings `notify` ask for. */
export const webhookKeys = ({ slack, webhook }: { readonly slack: boolean; readonly webhook: boolean }): string[] => [
  ...(slack ? [SLACK_WEBHOOK] : []),
  ...(webhook ? [WEBHOOK_URL] : []),
];
