import type { AnyAuthMethod, Client, ConnectConfig, ParsedKey } from 'ssh2';
import { describe } from '../../runtime/retry.ts';
import { refused, StepError, tryAgain } from '../../runtime/step-error.ts';
import type { RemoteHost } from '../../ports/remote.ts';
import { name, type HostKeyCheck } from './host-key.ts';
import { fingerprint, formatPublicKey } from './public-key.ts';

/** A peer that leaves five questions in a row unanswered is gone: that takes a minute and a quarter. */
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 5 } as const;

export interface Connecting {
  readonly user: string;
  readonly port: number;
  readonly connectTimeoutSeconds: number;
  readonly check: HostKeyCheck;
}

export interface Login extends Connecting {
  readonly key: ParsedKey;
}

/** Connects `client` by a private key; whatever is thrown is a `StepError`. */
export async function logIn(client: Client, trouble: Promise<never>, host: RemoteHost, login: Login): Promise<void> {
  try {
    await connect(client, trouble, host, {
      ...login,
      auth: { type: 'publickey', username: login.user, key: login.key },
    });
  } catch (error) {
    if (isNotLetIn(error)) throw notLetIn(host, login, error);
    throw error;
  }
}

/** sshd refused the one key that it was offered. With MaxAuthTries 1 it ends the connection with that. */
export const isNotLetIn = (error: unknown): boolean => {
  const { level, message } = error as { level?: unknown; message?: unknown };
  return level === 'client-authentication' || message === 'Too many authentication failures';
};

/** Connects `client`. What is thrown is a `StepError`, or what {@link isNotLetIn} knows. */
export async function connect(
  client: Client,
  trouble: Promise<never>,
  host: RemoteHost,
  { auth, ...connecting }: Connecting & { readonly auth: AnyAuthMethod },
): Promise<void> {
  const serverHostKey = connecting.check.algorithms();
  if (serverHostKey?.length === 0) throw connecting.check.noCommonType();
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  try {
    const connected = Promise.race([ready, trouble]);
    const config = { ...configOf(host, connecting, auth), ...(serverHostKey && { algorithms: { serverHostKey } }) };
    client.connect(config);
    await connected;
  } catch (error) {
    throw isNotLetIn(error) ? error : connectFailed(host, connecting, error);
  }
}

function configOf(
  host: RemoteHost,
  { user, port, connectTimeoutSeconds, check }: Connecting,
  auth: AnyAuthMethod,
): ConnectConfig {
  return {
    ...KEEPALIVE,
    host: host.address,
    port,
    username: user,
    readyTimeout: connectTimeoutSeconds * 1000,
    hostVerifier: (blob: Buffer) => check.accepts(blob),
    authHandler: [auth],
  };
}

function connectFailed(host: RemoteHost, connecting: Connecting, error: unknown): StepError {
  if (error instanceof StepError) return error;
  if (connecting.check.refusal !== undefined) return connecting.check.refusal;
  return (error as { level?: unknown }).level === 'handshake'
    ? noHandshake(host, connecting, error)
    : tryAgain(`cannot log in to ${name(host)} on port ${connecting.port}: ${describe(error)}`, error);
}

function notLetIn(host: RemoteHost, { user, key }: Login, error: unknown): StepError {
  const print = fingerprint(formatPublicKey(key.getPublicSSH()));
  const remedy = `check that its public half is in the authorized_keys of ${user} there and that sshd allows the login`;
  return refused(`${name(host)} does not let ${user} in with the key ${print}; ${remedy}`, error);
}

function noHandshake(host: RemoteHost, { check }: Connecting, error: unknown): StepError {
  if (describe(error).includes('no matching host key format')) return check.noCommonType();
  return refused(`${name(host)} and we have no SSH in common: ${describe(error)}`, error);
}
