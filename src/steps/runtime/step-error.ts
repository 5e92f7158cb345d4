import { EXIT } from '../../contract/exit-code.ts';
import { redact } from '../../text/redact.ts';
import { known, notKnown, type Reading, type Unreadable } from '../../upgrade/reading.ts';

/** An expected failure of a step. The message is for the operator (seen, expected, what to do) and is redacted. */
export class StepError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(redact(message), options);
    this.name = 'StepError';
    this.exitCode = exitCode;
  }
}

/** The kill switch is set: no new work begins. A step that has taken something gives it back. */
export class Halted extends StepError {
  constructor(message: string) {
    super(EXIT.Halted, message);
    this.name = 'Halted';
  }
}

/** Something outside is not ready: the same step may succeed later, so Argo runs it again. */
export const tryAgain = (message: string, cause?: unknown): StepError =>
  new StepError(EXIT.TryAgain, message, { cause });
/** The step must not continue, and a retry would not change that. */
export const refused = (message: string, cause?: unknown): StepError => new StepError(EXIT.Refused, message, { cause });
export const badInput = (message: string): StepError => new StepError(EXIT.BadInput, message);
/** Throws `TryAgain` for what may pass, else `Refused`; nothing when there is no objection. */
export function unlessObjected(objection: { readonly mayPass: boolean; readonly because: string } | undefined): void {
  if (objection !== undefined) throw (objection.mayPass ? tryAgain : refused)(objection.because);
}
/** An answer that makes no sense to us. */
export const unexpected = (message: string, cause?: unknown): StepError => new StepError(EXIT.Bug, message, { cause });

/** The value, or the reason why it is not known. Throws on every error that is no `StepError`. */
export const reading = <T>(asked: Promise<T>): Promise<Reading<T>> => asked.then(known, whyNot);

export function whyNot(error: unknown): Reading<never> {
  if (error instanceof StepError) return notKnown(error.message);
  throw error;
}

/** Reads like {@link reading}, but throws when the server is away, because no further question can be answered. */
export const readingUnlessAway = <T>(asked: Promise<T>): Promise<Reading<T>> =>
  asked.then(known, (error: unknown) => {
    if (error instanceof StepError && error.exitCode === EXIT.TryAgain) throw error;
    return whyNot(error);
  });

/** The answer; throws `Bug` with its sentence when there is none. */
export function readable<T extends object>(answer: T | Unreadable): T {
  if ('unreadable' in answer) throw unexpected(answer.unreadable);
  return answer;
}

/** The plan; throws `Refused` with every problem, a line each, when there is none. */
export function permitted<T extends object>(answer: T | { readonly problems: readonly string[] }): T {
  if ('problems' in answer) throw refused(answer.problems.join('\n'));
  return answer;
}

/** Parses text that was read before. */
export function parsed<T>(parse: () => T): Reading<T> {
  try {
    return known(parse());
  } catch (error) {
    return whyNot(error);
  }
}
