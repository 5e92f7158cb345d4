import { constants } from 'node:os';
import type { Client } from 'ssh2';
import { describe } from '../../harness/retry.ts';
import { refused, StepError, tryAgain } from '../../harness/step-error.ts';
import type { RemoteCommand, RemoteHost, RemoteResult } from '../../ports/remote.ts';
import { name } from './host-key.ts';
import { Output } from './output.ts';

/** Runs the command on a connection that is ready. Whatever is thrown, it is for the caller to close that. */
export async function execute(
  client: Client,
  trouble: Promise<never>,
  host: RemoteHost,
  user: string,
  command: RemoteCommand,
  onLine: (line: string) => void = () => undefined,
): Promise<RemoteResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(timedOut(host, command));
    }, command.timeoutSeconds * 1000);
  });
  try {
    const line = commandLine(user, command.script);
    const result = await Promise.race([exec(client, line, command.stdin, onLine), timeout, trouble]);
    refuseWithoutSudo(host, user, result);
    return result;
  } catch (error) {
    throw error instanceof StepError ? error : sessionLost(host, command, error);
  } finally {
    clearTimeout(timer);
  }
}

function exec(
  client: Client,
  line: string,
  stdin: string | undefined,
  onLine: (line: string) => void,
): Promise<RemoteResult> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const [stdout, stderr] = [new Output(onLine), new Output(onLine)];
      let exitCode: number | undefined;
      channel.on('data', (chunk: Buffer) => {
        stdout.add(chunk);
      });
      channel.stderr.on('data', (chunk: Buffer) => {
        stderr.add(chunk);
      });
      channel.on('exit', (code: number | null, signal?: string) => {
        exitCode = code ?? exitCodeOf(signal);
      });
      channel.on('error', reject);
      channel.on('close', () => {
        if (exitCode === undefined) reject(new Error('it ended without an exit status'));
        else resolve({ exitCode, stdout: stdout.end(), stderr: stderr.end() });
      });
      channel.end(stdin ?? '');
    });
  });
}

/** What a shell returns for a program that a signal ended; 255 when it is a signal that we do not know. */
function exitCodeOf(signal = ''): number {
  const number = (constants.signals as Record<string, number>)[`SIG${signal.replace(/^SIG/, '')}`];
  return number === undefined ? 255 : 128 + number;
}

const commandLine = (user: string, script: string): string =>
  `${user === 'root' ? '' : 'sudo -n '}sh -c ${singleQuoted(script)}`;

/** Within single quotes nothing is special but the quote itself. */
const singleQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Sudo's own refusal is not the answer of the program that was to run. */
function refuseWithoutSudo(host: RemoteHost, user: string, { exitCode, stdout, stderr }: RemoteResult): void {
  if (user === 'root' || exitCode === 0 || stdout !== '') return;
  if (!isNoSudo(stderr)) return;
  const remedy = `give ${user} sudo without a password there (NOPASSWD), or log in as root`;
  throw refused(`${user} may not become root on ${name(host)}: ${stderr.trim()}; ${remedy}`);
}

/** The first line is `sudo: a password is required`, or that of a shell which does not find sudo. */
function isNoSudo(stderr: string): boolean {
  const [line = ''] = stderr.split('\n', 1);
  if (line.startsWith('sudo: ')) return line.includes('password is required') || line.includes('terminal is required');
  const sudo = line.indexOf('sudo: ');
  return /^\S+: /.test(line) && sudo !== -1 && line.includes('not found', sudo);
}

export function timedOut(host: RemoteHost, command: RemoteCommand): StepError {
  const seen = `${quoted(command)} on ${name(host)} did not end within ${command.timeoutSeconds} s`;
  return tryAgain(`${seen}; its session was closed, it may still be at work there`);
}

export const sessionLost = (host: RemoteHost, command: RemoteCommand, error: unknown): StepError =>
  tryAgain(`the session of ${quoted(command)} on ${name(host)} was lost: ${describe(error)}`, error);

function quoted({ script }: RemoteCommand): string {
  const [first = ''] = script.trim().split('\n');
  return `"${first.length > 80 ? `${first.slice(0, 79)}…` : first}"`;
}
