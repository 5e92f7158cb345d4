import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { sshInputs } from '../../contract/run-context.ts';
import { NEXT_KEY_FILE, SSH_KEY_DIR, type ValuesOf } from '../../contract/step-contract.ts';
import { knownHostsFile } from '../adapters/known-hosts-file.ts';
import { configMapHostKeys } from '../adapters/kubernetes/host-keys.ts';
import { publicKeyOf, readPrivateKey, sshKeyProbe, sshRemote } from '../adapters/ssh.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { HostKeys, KeyProbe, Remote } from '../ports/remote.ts';
import { cachedHostKeys } from '../runtime/host-keys.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';
import type { Secret } from '../runtime/secret.ts';
import { refused } from '../runtime/step-error.ts';
import { clusterClient } from './cluster.ts';
import type { Connection } from './connection.ts';

export type SshContext = RunContext & ValuesOf<typeof sshInputs>;

/** The keys in the Secret of the pod. `next` is there only while the key is rotated. */
const KEY_FILES = { present: 'ssh_key', next: NEXT_KEY_FILE } as const;
export type KeyName = keyof typeof KEY_FILES;

export const privateKey = (which: KeyName): Secret => readPrivateKey(sshFile(KEY_FILES[which]));

/** The public halves of the keys in the Secret. */
export const mountedKeys = () => ({
  present: publicKeyOf(privateKey('present')),
  next: existsSync(sshFile(KEY_FILES.next)) ? publicKeyOf(privateKey('next')) : undefined,
});

/** Logs in to nodes with one of the keys. Reads the key at the first command, so a step that logs in nowhere needs none. */
export function remoteClient(
  connection: Connection,
  inputs: SshContext,
  tools: Tools,
  which: KeyName = 'present',
): Remote {
  let remote: Remote | undefined;
  const logIn = (): Remote => sshRemote({ ...loginOptions(connection, inputs, tools), privateKey: privateKey(which) });
  return { run: async (...command) => (remote ??= logIn()).run(...command) };
}

export const keyProbe = (connection: Connection, inputs: SshContext, tools: Tools): KeyProbe =>
  sshKeyProbe(loginOptions(connection, inputs, tools));

const loginOptions = (connection: Connection, inputs: SshContext, { log, signal }: Tools) => ({
  user: inputs.sshUser,
  port: inputs.sshPort,
  connectTimeoutSeconds: inputs.sshConnectTimeoutSeconds,
  hostKeys: cachedHostKeys(
    inputs.sshHostKeys === 'strict'
      ? strictHostKeys(inputs.sshPort, log, clusterClient(connection))
      : configMapHostKeys(connection.api),
  ),
  signal,
});

function strictHostKeys(port: number, log: Log, cluster: Pick<NodeReads, 'nodes'>): HostKeys {
  const text = readKnownHosts(sshFile('ssh_known_hosts'));
  return knownHostsFile(text, { place: 'ssh_known_hosts', port, log, nodes: () => cluster.nodes() });
}

function readKnownHosts(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(`ssh.hostKeys is strict, and ${file} cannot be read: put ssh_known_hosts into the Secret.`, error);
  }
}

/** The file in the volume of the pod. SSH_KEY_DIR names another folder when a person runs the step. */
const sshFile = (name: string): string => join(process.env['SSH_KEY_DIR'] ?? SSH_KEY_DIR, name);

export { fingerprint } from '../adapters/ssh/public-key.ts';
