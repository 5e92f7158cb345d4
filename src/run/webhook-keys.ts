/** Keys of the Secret that hold the URLs for messages about a run. */
export const SLACK_WEBHOOK = 'slack_webhook';
export const WEBHOOK_URL = 'webhook_url';

/** Returns the keys that the settings `notify` require. */
export const webhookKeys = ({ slack, webhook }: { readonly slack: boolean; readonly webhook: boolean }): string[] => [
  ...(slack ? [SLACK_WEBHOOK] : []),
  ...(webhook ? [WEBHOOK_URL] : []),
];
