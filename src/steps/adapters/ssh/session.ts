import { constants } from 'node:os';
import type { Client } from 'ssh2';
import { describe } from '../../runtime/retry.ts';
import { refused, StepError, tryAgain } from '../../runtime/step-error.ts';
import type { RemoteCommand, RemoteHost, RemoteResult } from '../../ports/remote.ts';
import { name } from './host-key.ts';
import { Output } from './output.ts';

interface Session {
  readonly client: Client;
  /** Rejects when the connection fails or ends. */
  readonly trouble: Promise<never>;
  readonly host: RemoteHost;
  readonly user: string;
}

/** Runs the command on a connection that is ready. Whatever is thrown, it is for the caller to close that. */
export async function execute(
  { client, trouble, host, user }: Session,
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

/**
 * The log-in shell of the user reads this line, which may be fish or csh: no escape means the same in all of them. So the
 * script goes as base64, a plain word, and the text in quotes holds no backslash, no quote, no `!` and no line end.
 */
const commandLine = (user: string, script: string): string =>
  `${user === 'root' ? '' : 'env LC_ALL=C sudo -n '}sh -c '${DECODE}' sh ${Buffer.from(script).toString('base64')}`;

/** A script that cannot be decoded is not run: an empty one would end well. */
const DECODE = 'script=$(printf %s "$1" | base64 -d) && exec sh -c "$script"';

/** Sudo's own refusal is not the answer of the program that was to run. */
function refuseWithoutSudo(host: RemoteHost, user: string, { exitCode, stdout, stderr }: RemoteResult): void {
  if (user === 'root' || exitCode === 0 || stdout !== '') return;
  const refusal = stderr.split('\n').find(isRefusal);
  if (refusal === undefined) return;
  throw refused(`${user} may not become root on ${name(host)}: ${stderr.trim()}; ${remedyOf(refusal, user)}`);
}

const NEEDS_TTY = 'must have a tty';

const BARRED: readonly string[] = ['is your account locked?', 'Account or password is expired'];

function remedyOf(refusal: string, user: string): string {
  if (refusal.includes(NEEDS_TTY))
    return `take requiretty from ${user} there (in sudoers: Defaults:${user} !requiretty), or log in as root`;
  if (BARRED.some((text) => refusal.includes(text)))
    return `unlock or renew the account of ${user} there (to see it: chage -l ${user}), or log in as root`;
  return `give ${user} sudo without a password there (NOPASSWD), or log in as root`;
}

/** After `sudo: `. The second line is what sudo-rs says: https://github.com/trifectatechfoundation/sudo-rs, src/common/error.rs. */
const REFUSALS: readonly string[] = [
  ...['password is required', 'terminal is required', NEEDS_TTY, ...BARRED],
  ...['interactive authentication is required', "I'm afraid I can't do that", 'Sorry, user '],
];

/** Whether a line is a refusal of sudo, in English since LC_ALL is C, or of `env`, which finds no sudo. */
function isRefusal(line: string): boolean {
  if (line.startsWith('sudo: ')) return REFUSALS.some((text) => line.includes(text));
  if (line.startsWith('Sorry, user ')) return line.includes(' is not allowed to ') || line.includes(' may not run ');
  return line.includes(' is not in the sudoers file') || (line.startsWith('env: ') && line.includes('sudo'));
}

export function timedOut(host: RemoteHost, command: RemoteCommand): StepError {
  const seen = `${quoted(command)} on ${name(host)} did not end within ${command.timeoutSeconds} s`;
  return tryAgain(`${seen}; its session was closed; the command may still run there`);
}

export const sessionLost = (host: RemoteHost, command: RemoteCommand, error: unknown): StepError =>
  tryAgain(`the session of ${quoted(command)} on ${name(host)} was lost: ${describe(error)}`, error);

function quoted({ script }: RemoteCommand): string {
  const [first = ''] = script.trim().split('\n');
  return `"${first.length > 80 ? `${first.slice(0, 79)}…` : first}"`;
}
