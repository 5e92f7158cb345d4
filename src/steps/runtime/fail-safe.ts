import { EXIT } from '../../contract/exit-code.ts';
import type { Tools } from './run-step.ts';
import { StepError } from './step-error.ts';

/**
 * For a step whose failure is a result too: `otherwise` gets the message, and the step succeeds. Two failures are thrown on:
 * wrong inputs, and SIGTERM, whatever the step found by then.
 */
export async function failSafe<T>(
  work: () => Promise<T>,
  otherwise: (message: string) => T,
  { log, signal }: Pick<Tools, 'log' | 'signal'>,
): Promise<T> {
  try {
    const done = await work();
    signal.throwIfAborted();
    return done;
  } catch (error) {
    if (signal.aborted || (error instanceof StepError && error.exitCode === EXIT.BadInput)) throw error;
    if (!(error instanceof StepError)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return otherwise(error instanceof Error ? error.message : String(error));
  }
}
