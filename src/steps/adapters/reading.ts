import { known, type Reading } from '../../upgrade/reading.ts';
import { whyNot } from '../runtime/step-error.ts';

export { reading } from '../runtime/step-error.ts';

/** Parses text that was read before. */
export function parsed<T>(parse: () => T): Reading<T> {
  try {
    return known(parse());
  } catch (error) {
    return whyNot(error);
  }
}
