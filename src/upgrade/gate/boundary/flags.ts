import { parseEnvironmentFile } from '../../host/environment-file.ts';

/** `--name=value`; without its dashes. A flag that stands there twice is there twice. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/**
 * The words of a command line as systemd splits a variable into them: at blanks, with quotes taken away, a backslash
 * before any character. A quote that does not end, ends with the text.
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
 * Flags as the components of Kubernetes read them: `--name=value` or `--name value`; a _ in a name is a -, as their
 * WordSepNormalizeFunc has it. Whatever follows a bare -- is no flag.
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

/** Of every variable in a file of variables: which of them the kubelet is given is up to its unit. */
export const flagsInEnvironment = (text: string): Flag[] =>
  [...parseEnvironmentFile(text).values()].flatMap((value) => parseFlags(splitWords(value)));
