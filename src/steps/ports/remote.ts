import type { SshHost } from '../../upgrade/node/ssh-host.ts';

/** A machine to log in to. */
export type RemoteHost = SshHost;

export interface RemoteCommand {
  /** A POSIX shell script, run as root by `sh -c`. */
  readonly script: string;
  readonly stdin?: string;
  readonly timeoutSeconds: number;
}

export interface RemoteResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs programs on nodes. Returns what the program printed and its exit code. Throws a `StepError` when the result is not
 * known: no connection, a refused host key, a time-out, a lost session. Runs nothing on a machine that is not proven to be
 * the Node that the host names.
 */
export interface Remote {
  /** `onLine` is given each line of output as it comes. */
  run(host: RemoteHost, command: RemoteCommand, onLine?: (line: string) => void): Promise<RemoteResult>;
}

/** Asks the sshd of a machine whether it accepts a key. The private key is not needed. */
export interface KeyProbe {
  /** `publicKey`: `<type> <base64>`. Throws a `StepError` when sshd does not answer, or when its host key is not the known one. */
  letsIn(host: RemoteHost, publicKey: string): Promise<boolean>;
}

/** What is known of a machine's host key. */
export interface HostKeys {
  /** Keys accepted for it, each `<type> <base64>`; undefined when none is known. */
  known(host: RemoteHost): Promise<readonly string[] | undefined>;
  /** undefined where keys are not learned: then an unknown machine is refused. */
  readonly remember: ((host: RemoteHost, key: string) => Promise<void>) | undefined;
  /** Where its keys are kept, for a message: `key 1a2b… of ConfigMap k8s-upgrade/k8s-upgrade-known-hosts`. */
  whereKept(host: RemoteHost): string;
}
