import { readFileSync } from 'node:fs';
import { SettingsError } from '../cluster/load.ts';
import { EXIT } from '../contract/exit-code.ts';
import { badInput, StepError } from '../steps/harness/step-error.ts';
import { printable } from '../upgrade/printable.ts';
import { redact } from '../upgrade/redact.ts';
import type { Env } from './settings.ts';

/** What is in a file that a flag names. */
export function fileOf(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw badInput(`${flag}: ${path} cannot be read (${why}), expected a file`);
  }
}

type Say = (text: string) => void;
export interface Streams {
  readonly out: Say;
  readonly err: Say;
}

export function end(says: string, exitCode: number, to: Say): number {
  to(says);
  return exitCode;
}

/** How a command ends that could not do its work; a bug is thrown on. */
export function endOf(command: string, error: unknown, err: Say): number {
  if (error instanceof StepError) return end(`${command}: ${printable(error.message)}\n`, error.exitCode, err);
  if (error instanceof SettingsError || isMisuse(error))
    return end(`${printable(redact(error.message))}\n`, EXIT.BadInput, err);
  throw error;
}

/** An option that there is not, as `parseArgs` tells it. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

type Command = (args: string[], env: Env, streams: Streams, signal: AbortSignal) => Promise<number>;

/** Ctrl-C ends what is asked of others at that moment. */
export async function asProgram(command: Command): Promise<number> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      ending.abort();
    });
  const streams: Streams = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  return command(process.argv.slice(2), process.env, streams, ending.signal);
}
