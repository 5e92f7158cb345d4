/** Servers that a step can log in to, each with the setting for its login. */
export const LOGIN_SETTINGS = {
  repository: 'packages.repositoryLogin',
  prometheus: 'monitoring.prometheusLogin',
  alertmanager: 'monitoring.alerts.alertmanagerLogin',
  pushgateway: 'metrics.pushgatewayLogin',
  webhook: 'notify.webhookLogin',
} as const;
/** Settings that hold the address of a server. */
const SERVERS_BY_ADDRESS: Readonly<Record<string, Server>> = {
  'packages.repository': 'repository',
  'monitoring.prometheusUrl': 'prometheus',
  'monitoring.alerts.alertmanagerUrl': 'alertmanager',
  'metrics.pushgatewayUrl': 'pushgateway',
};
export const serverAt = (setting: string): Server | undefined => SERVERS_BY_ADDRESS[setting];

export type Server = keyof typeof LOGIN_SETTINGS;

export const LOGIN_KINDS = ['none', 'basic', 'bearer'] as const;
export type LoginKind = (typeof LOGIN_KINDS)[number];

/** Returns the key of the Secret that holds `user:password` or a bearer token. */
export const loginKey = (server: Server): string => `${server}_login`;

/** Returns `prometheus=basic,pushgateway=bearer`: the servers that require a login. */
export const formatLogins = (logins: readonly (readonly [Server, LoginKind])[]): string =>
  logins.map(([server, kind]) => `${server}=${kind}`).join(',');

/** Returns the kind of login for the server, from a text that {@link formatLogins} wrote. */
export const loginKindIn = (text: string, server: Server): LoginKind =>
  LOGIN_KINDS.find((kind) => text.split(',').includes(`${server}=${kind}`)) ?? 'none';

/** The Authorization header with the secret texts that no message may contain, or what is wrong with the key. */
export type Login = { readonly header: string; readonly secrets: readonly string[] } | { readonly problem: string };

/** @param text The value of the key. A line feed at its end is not part of it. */
export function loginOf(kind: Exclude<LoginKind, 'none'>, text: string): Login {
  const value = text.replace(/\r?\n$/, '');
  if (kind === 'bearer') {
    if (!/^[A-Za-z0-9._~+/=-]+$/.test(value))
      return { problem: 'is no bearer token, expected the token alone, without the word Bearer' };
    return { header: `Bearer ${value}`, secrets: [value] };
  }
  const [, password = ''] = /^[^:]+:(.+)$/.exec(value) ?? [];
  if (password === '' || hasControlCharacter(value))
    return { problem: 'is no user and password, expected user:password in one line' };
  const encoded = Buffer.from(value, 'utf8').toString('base64');
  return { header: `Basic ${encoded}`, secrets: [value, encoded, password] };
}

const hasControlCharacter = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text);
