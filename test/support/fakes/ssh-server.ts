import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import { IDENTITY_MARK } from '../../../src/steps/adapters/ssh/identity.ts';
import { identityOf } from './kubelet-certificates.ts';

export interface SshServerOptions {
  /** Private keys of the host. */
  readonly hostKeys: readonly string[];
  /** The public key that is let in. */
  readonly authorized: string;
  /** What to do with a command; otherwise a real shell runs it. */
  /** Where it listens; 127.0.0.1 and a free port when left out. */
  readonly at?: { readonly address: string; readonly port: number };
  /** What the machine prints when it is asked which Node it is; Node w1 when left out. */
  readonly identity?: string;
  readonly exec?: (line: string, channel: ServerChannel, connection: Connection) => void;
}

export interface SshServer {
  readonly port: number;
  /** Every command line that was asked for, but for the question which Node it is. */
  readonly lines: string[];
  close(): Promise<void>;
}

/** An sshd on 127.0.0.1 without root: protocol, keys and processes are real. */
export async function startSshServer({
  hostKeys,
  authorized,
  identity = identityOf('w1'),
  at = { address: '127.0.0.1', port: 0 },
  exec = runInShell,
}: SshServerOptions): Promise<SshServer> {
  const lines: string[] = [];
  const connections = new Set<Connection>();
  const allowed = (ssh2.utils.parseKey(authorized) as ParsedKey).getPublicSSH();
  const server = new ssh2.Server({ hostKeys: [...hostKeys] }, (connection) => {
    connections.add(connection);
    // @types/ssh2 has it for the client only.
    (connection as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (attempt) => {
      if (attempt.method === 'publickey' && attempt.key.data.equals(allowed)) attempt.accept();
      else attempt.reject(['publickey']);
    });
    connection.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptExec, _reject, { command }) => {
        if (scriptIn(command).includes(IDENTITY_MARK)) {
          answer(acceptExec(), identity);
          return;
        }
        lines.push(command);
        exec(command, acceptExec(), connection);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(at.port, at.address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    close: async () => {
      for (const connection of connections) connection.end();
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

/** The last word of a command line is the script as base64. */
const scriptIn = (line: string): string => Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString();

function answer(channel: ServerChannel, text: string): void {
  channel.write(text);
  channel.exit(0);
  channel.end();
}

function runInShell(line: string, channel: ServerChannel): void {
  const child = spawn('sh', ['-c', line], { detached: true });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal);
    channel.end();
  });
  // Ends the whole process group after the channel, so that a test leaves no process behind.
  channel.on('close', () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid);
  });
}
