import { parseEnvironmentFile } from '../../host/environment-file.ts';

/** A flag `--name=value`, with the name without dashes. A flag that appears twice is listed twice. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/**
 * Returns the words of a command line as systemd splits a variable: at blanks, without quotes, with a backslash before
 * any character. A quote without an end closes at the end of the text.
 * https://github.com/systemd/systemd/blob/v257/src/basic/extract-word.c
 */
export function splitWords(text: string): string[] {
  // Bound: once a word has begun, nothing in the expression can fail, so nothing is tried again.
  const words = text.matchAll(/(?:\\[^]?|"(?:\\[^]?|[^"\\])*"?|'(?:\\[^]?|[^'\\])*'?|[^\s"'\\])+/g);
  return [...words].map(([word]) => unquote(word));
}

const unquote = (word: string): string =>
  word.replaceAll(
    // Bound: once a quote has begun, nothing in the expression can fail, so nothing is tried again.
    /\\([^]?)|"((?:\\[^]?|[^"\\])*)"?|'((?:\\[^]?|[^'\\])*)'?/g,
    (_, ...parts: (string | undefined)[]) => {
      const [escaped, ...quoted] = parts.slice(0, 3);
      return escaped ?? (quoted[0] ?? quoted[1] ?? '').replaceAll(/\\([^]?)/g, '$1');
    },
  );

/**
 * Parses flags as Kubernetes components do: `--name=value` or `--name value`. An underscore in a name becomes a dash,
 * as their WordSepNormalizeFunc does. Words after a bare -- are not flags.
 */
export function parseFlags(words: readonly string[]): Flag[] {
  const end = words.indexOf('--');
  const read = end === -1 ? words : words.slice(0, end);
  return read.flatMap((word, place): Flag[] => {
    const [, name, value] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? [];
    if (name === undefined) return [];
    const next = read[place + 1];
    return [{ name: name.replaceAll('_', '-'), value: value ?? (next?.startsWith('-') === false ? next : '') }];
  });
}

/**
 * Returns the flags in every variable of an environment file. The kubelet's unit decides which of the variables the
 * kubelet gets.
 */
export const flagsInEnvironment = (text: string): Flag[] =>
  [...parseEnvironmentFile(text).values()].flatMap((value) => parseFlags(splitWords(value)));
