import { boundedBytes } from '../text/bounded.ts';
import { isUnresolved } from '../text/inert.ts';
import { formatKubeVersion, tryParseKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';

/**
 * One value that crosses a process boundary as text: how it reads, how it is written, what it is for.
 * `parse` throws a `RangeError` that says what was expected; the caller adds the name and what was seen.
 */
export interface Param<T> {
  readonly doc: string;
  readonly example: string;
  /** For a form: the only texts allowed. */
  readonly choices?: readonly string[];
  parse(text: string): T;
  format(value: T): string;
}

export interface ParamOptions {
  readonly doc: string;
  readonly example: string;
}

/** Linux starts no process with a variable of more than 131,071 bytes; an inert text has at most three times its bytes. */
const MOST_TEXT_BYTES = 32_768;

/** A text for people. Writes the first 32 KiB of a longer one. */
export const text = (about: ParamOptions): Param<string> => ({
  ...about,
  parse: (raw) => (raw === '' ? fail('a text that is not empty') : raw),
  format: (value) => boundedBytes(value, MOST_TEXT_BYTES),
});

/** An address to which a path is appended. */
export const httpUrl = (about: ParamOptions): Param<string> => ({
  ...about,
  parse: (raw) =>
    /^https?:\/\/[^\s/]+(\/[^\s/]+)*$/.test(raw) ? raw : fail('an http or https URL without a slash at its end'),
  format: (value) => value,
});

/** A version `X.Y.Z`; parsed before anything uses it, since it ends up in commands on nodes. */
export const kubeVersion = (about: ParamOptions): Param<KubeVersion> => ({
  ...about,
  parse: (raw) => tryParseKubeVersion(raw) ?? fail('an exact version such as 1.34.9'),
  format: formatKubeVersion,
});

export const oneOf = <const T extends string>(choices: readonly T[], about: ParamOptions): Param<T> => ({
  ...about,
  choices,
  parse: (raw) => choices.find((choice) => choice === raw) ?? fail(`one of ${choices.join(', ')}`),
  format: (value) => value,
});

export const yesNo = (about: ParamOptions): Param<boolean> => ({
  ...about,
  choices: ['true', 'false'],
  parse: (raw) => (raw === 'true' ? true : raw === 'false' ? false : fail('true or false')),
  format: String,
});

/** A whole number of seconds, zero or more. */
export const seconds = (about: ParamOptions): Param<number> => wholeNumber('a whole number of seconds', about);
export const count = (about: ParamOptions): Param<number> => wholeNumber('a whole number', about);

/** A list whose members hold no comma and no white space; a text that has no member, such as a lone comma, is refused. */
export const list = (about: ParamOptions): Param<readonly string[]> => ({
  ...about,
  parse: (raw) => {
    const members = raw
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== '');
    return members.length === 0 && raw !== '' ? fail('names separated by commas, or nothing') : members;
  },
  format: (value) => value.join(','),
});

/** A JSON value, checked by `check`, which throws a `RangeError` that says what was expected. */
export const json = <T>(check: (value: unknown) => T, about: ParamOptions): Param<T> => ({
  ...about,
  parse: (raw) => {
    try {
      return check(JSON.parse(raw));
    } catch (error) {
      return fail(error instanceof RangeError ? error.message : 'JSON');
    }
  },
  format: (value) => JSON.stringify(value),
});

/** A value that may be absent. A reference to an output that no step wrote (`{{workflow.outputs…}}`) reads as absent too. */
export const optional = <T>(param: Param<T>): Param<T | undefined> => ({
  ...param,
  parse: (raw) => (raw === '' || isUnresolved(raw) ? undefined : param.parse(raw)),
  format: (value) => (value === undefined ? '' : param.format(value)),
});

/**
 * A value that must not keep a step from starting: what cannot be read is `otherwise`. For what other steps and operators
 * put into the inputs of an exit handler.
 */
export const lenient = <T>(param: Param<T>, otherwise: T): Param<T> => ({
  ...param,
  parse: (raw) => {
    try {
      return param.parse(raw);
    } catch (error) {
      if (error instanceof RangeError) return otherwise;
      throw error;
    }
  },
});

/** An output of another step that may be absent; what cannot be read counts as absent. */
export const leftBehind = <T>(param: Param<T>): Param<T | undefined> => lenient(optional(param), undefined);

function wholeNumber(expected: string, about: ParamOptions): Param<number> {
  // Fifteen digits are exact as a number, and more than any setting may be.
  return { ...about, parse: (raw) => (/^\d{1,15}$/.test(raw) ? Number(raw) : fail(expected)), format: String };
}

function fail(expected: string): never {
  throw new RangeError(expected);
}
