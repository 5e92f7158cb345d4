import { StepError } from '../../src/steps/runtime/step-error.ts';

/** How a step would end: its exit code and its whole message. Throws an unexpected error on. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ exitCode: number; message: string } | 'it went well'> {
  try {
    await work;
    return 'it went well';
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { exitCode: error.exitCode, message: error.message };
  }
}
