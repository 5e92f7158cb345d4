import type { ServerHostKeyAlgorithm } from 'ssh2';
import { refused, type StepError } from '../../runtime/step-error.ts';
import type { HostKeys, RemoteHost } from '../../ports/remote.ts';
import { fingerprint, formatPublicKey, keyType } from './public-key.ts';

/** How the types of keys are called when they are negotiated. An RSA key signs with SHA-2 only. */
const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The judgement on one machine's host key during one login. */
export class HostKeyCheck {
  readonly #host: RemoteHost;
  readonly #known: readonly string[] | undefined;
  readonly #hostKeys: HostKeys;
  #seen: string | undefined;
  /** Why the key was refused: ssh2 itself only says that it was. */
  refusal: StepError | undefined;

  constructor(host: RemoteHost, known: readonly string[] | undefined, hostKeys: HostKeys) {
    this.#host = host;
    this.#known = known;
    this.#hostKeys = hostKeys;
  }

  /** Only types that we know a key of: a server with several keys is to show the one that can be compared. */
  algorithms(): ServerHostKeyAlgorithm[] | undefined {
    return this.#known && [...new Set(this.#known.flatMap((key) => ALGORITHMS[keyType(key)] ?? []))];
  }

  /** What to say when the machine has no key of a type that we know one of. */
  noCommonType(): StepError {
    const types = [...new Set((this.#known ?? []).map(keyType))].join(', ');
    const seen = `${name(this.#host)} has no host key of the type on record (${types})`;
    return refused(`${seen}; ${ifReinstalled(this.#hostKeys.whereKept(this.#host))}`);
  }

  accepts(blob: Buffer): boolean {
    this.#seen = formatPublicKey(blob);
    this.refusal = this.#judge(this.#seen);
    return this.refusal === undefined;
  }

  #judge(seen: string): StepError | undefined {
    if (this.#known === undefined) return this.#hostKeys.remember ? undefined : this.#unknown(seen);
    return this.#known.includes(seen) ? undefined : this.#changed(seen, this.#known);
  }

  #unknown(seen: string): StepError {
    const remedy = `verify that on its console, then add the key to ${this.#hostKeys.whereKept(this.#host)}`;
    return refused(`no host key is known for ${name(this.#host)}, which shows ${print(seen)}; ${remedy}`);
  }

  #changed(seen: string, known: readonly string[]): StepError {
    const message = `${name(this.#host)} shows the host key ${print(seen)}, on record is ${known.map(print).join(', ')}`;
    return refused(`${message}; ${ifReinstalled(this.#hostKeys.whereKept(this.#host))}`);
  }

  async remember(): Promise<void> {
    if (this.#known === undefined && this.#seen !== undefined) await this.#hostKeys.remember?.(this.#host, this.#seen);
  }
}

const ifReinstalled = (place: string): string =>
  `find out who answers there; if the machine was reinstalled on purpose, remove ${place}`;

const print = (key: string): string => `${keyType(key)} ${fingerprint(key)}`;

export const otherKey = ({ node, uid }: RemoteHost, place: string): string =>
  `${place} already holds another host key for ${node} under ${uid}; find out which one is the machine's`;

/** Machines that were cloned share one until each makes its own. */
export const sharedKey = (host: RemoteHost, other: string, key: string, place: string): string =>
  `${name(host)} shows the host key ${print(key)}, which ${place} holds for Node ${other} as well; one host key belongs to one machine. ` +
  `Find out which Node answers at ${host.address}, and correct or remove the other: kubectl get nodes -o wide. Cloned machines: on each, rm /etc/ssh/ssh_host_*, dpkg-reconfigure openssh-server, then remove its key from ${place}`;

export const name = ({ node, address }: RemoteHost): string => `${node} (${address})`;
