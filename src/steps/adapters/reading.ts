import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { StepError } from '../harness/step-error.ts';

/** What came, or the sentence that says why nothing did. A bug of ours is thrown on. */
export const reading = <T>(asked: Promise<T>): Promise<Reading<T>> => asked.then(known, whyNot);

/** The same of text that is there already. */
export function parsed<T>(parse: () => T): Reading<T> {
  try {
    return known(parse());
  } catch (error) {
    return whyNot(error);
  }
}

function whyNot(error: unknown): Reading<never> {
  if (error instanceof StepError) return notKnown(error.message);
  throw error;
}
