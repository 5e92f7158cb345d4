import type { Client, ConnectConfig, ParsedKey, PublicKeyAuthMethod } from 'ssh2';
import { describe } from '../../harness/retry.ts';
import { refused, StepError, tryAgain } from '../../harness/step-error.ts';
import type { RemoteHost } from '../../ports/remote.ts';
import { name, type HostKeyCheck } from './host-key.ts';
import { fingerprint, formatPublicKey } from './public-key.ts';

/** A peer that leaves five questions in a row unanswered is gone: that takes a minute and a quarter. */
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 5 } as const;

export interface Login {
  readonly user: string;
  readonly port: number;
  readonly key: ParsedKey;
  readonly connectTimeoutSeconds: number;
  readonly check: HostKeyCheck;
}

/** Connects `client`; whatever is thrown is a `StepError`. */
export async function logIn(client: Client, trouble: Promise<never>, host: RemoteHost, login: Login): Promise<void> {
  const serverHostKey = login.check.algorithms();
  if (serverHostKey?.length === 0) throw login.check.noCommonType();
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  try {
    const connecting = Promise.race([ready, trouble]);
    client.connect({ ...configOf(host, login), ...(serverHostKey && { algorithms: { serverHostKey } }) });
    await connecting;
  } catch (error) {
    throw loginFailed(host, login, error);
  }
}

function configOf(host: RemoteHost, { user, port, key, connectTimeoutSeconds, check }: Login): ConnectConfig {
  const byKey: PublicKeyAuthMethod = { type: 'publickey', username: user, key };
  return {
    ...KEEPALIVE,
    host: host.address,
    port,
    username: user,
    readyTimeout: connectTimeoutSeconds * 1000,
    hostVerifier: (blob: Buffer) => check.accepts(blob),
    authHandler: [byKey],
  };
}

function loginFailed(host: RemoteHost, login: Login, error: unknown): StepError {
  if (error instanceof StepError) return error;
  if (login.check.refusal !== undefined) return login.check.refusal;
  switch ((error as { level?: unknown }).level) {
    case 'client-authentication':
      return notLetIn(host, login, error);
    case 'handshake':
      return noHandshake(host, login, error);
    default:
      return tryAgain(`cannot log in to ${name(host)} on port ${login.port}: ${describe(error)}`, error);
  }
}

function notLetIn(host: RemoteHost, { user, key }: Login, error: unknown): StepError {
  const print = fingerprint(formatPublicKey(key.getPublicSSH()));
  const remedy = `check that its public half is in the authorized_keys of ${user} there and that sshd allows the login`;
  return refused(`${name(host)} does not let ${user} in with the key ${print}; ${remedy}`, error);
}

function noHandshake(host: RemoteHost, { check }: Login, error: unknown): StepError {
  if (describe(error).includes('no matching host key format')) return check.noCommonType();
  return refused(`${name(host)} and we have no SSH in common: ${describe(error)}`, error);
}
