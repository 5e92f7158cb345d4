import { readFileSync } from 'node:fs';
import { SettingsError } from '../cluster/load.ts';
import type { Streams } from '../command-line/program.ts';
import { EXIT } from '../contract/exit-code.ts';
import { badInput, StepError } from '../steps/runtime/step-error.ts';
import { printable } from '../text/printable.ts';
import { redact } from '../text/redact.ts';

/** What is in a file that a flag names. */
export function fileOf(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw badInput(`${flag}: ${path} cannot be read (${why}), expected a file`);
  }
}

type Say = Streams['out'];

export function end(says: string, exitCode: number, to: Say): number {
  to(says);
  return exitCode;
}

/** How a command ends that could not do its work; a bug is thrown on. */
export function endOf(command: string, error: unknown, err: Say): number {
  if (error instanceof StepError) return end(`${command}: ${printable(error.message)}\n`, error.exitCode, err);
  if (error instanceof SettingsError) return end(`${printable(redact(error.message))}\n`, EXIT.BadInput, err);
  throw error;
}
