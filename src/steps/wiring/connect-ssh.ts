import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { sshInputs } from '../../contract/run-context.ts';
import { NEXT_KEY_FILE, SSH_KEY_DIR, type ValuesOf } from '../../contract/step-contract.ts';
import { knownHostsFile } from '../adapters/known-hosts-file.ts';
import { readPrivateKey, sshKeyProbe, sshRemote } from '../adapters/ssh.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { HostKeys, KeyProbe, Remote } from '../ports/remote.ts';
import { rememberedHostKeys } from '../runtime/host-keys.ts';
import type { RunContext, Tools } from '../runtime/run-step.ts';
import type { Secret } from '../runtime/secret.ts';
import { refused } from '../runtime/step-error.ts';

export type SshContext = RunContext & ValuesOf<typeof sshInputs>;

export const KEY_FILES = { present: 'ssh_key', next: NEXT_KEY_FILE } as const;
export const keyIn = (file: string): Secret => readPrivateKey(sshFile(file));

/** What is known of the Nodes: the host keys that were learned, and the Nodes themselves. */
export interface KnownNodes {
  readonly hostKeys: HostKeys;
  readonly cluster: Pick<ClusterReads, 'nodes'>;
}

export const remoteBy = (keyFile: string, nodes: KnownNodes, inputs: SshContext, tools: Tools): Remote =>
  atFirstUse(() => sshRemote({ ...connecting(nodes, inputs, tools), privateKey: keyIn(keyFile) }));

export const keyProbe = (nodes: KnownNodes, inputs: SshContext, tools: Tools): KeyProbe =>
  sshKeyProbe(connecting(nodes, inputs, tools));

const connecting = (nodes: KnownNodes, inputs: SshContext, { log, signal }: Tools) => ({
  user: inputs.sshUser,
  port: inputs.sshPort,
  connectTimeoutSeconds: inputs.sshConnectTimeoutSeconds,
  hostKeys: rememberedHostKeys(
    inputs.sshHostKeys === 'strict' ? strictHostKeys(inputs.sshPort, log, nodes) : nodes.hostKeys,
  ),
  signal,
});

/** Who turns out to log in nowhere needs no key. */
function atFirstUse(make: () => Remote): Remote {
  let remote: Remote | undefined;
  return { run: async (...command) => (remote ??= make()).run(...command) };
}

function strictHostKeys(port: number, log: Log, { cluster }: KnownNodes): HostKeys {
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

/** Where the pod has its keys; elsewhere when a person runs the step by hand. */
export const sshFile = (name: string): string => join(process.env['SSH_KEY_DIR'] ?? SSH_KEY_DIR, name);
