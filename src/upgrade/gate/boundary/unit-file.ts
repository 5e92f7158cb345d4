import { parseFlags, splitWords } from './flags.ts';
import type { Flag } from './flags.ts';

/**
 * Returns the flags in a systemd unit and its drop-ins, one file after the other. They come from `ExecStart` and from
 * every variable of `Environment`.
 * An empty `ExecStart=` or `Environment=` clears earlier values. The last assignment of a variable counts.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment=
 */
export function flagsInUnit(text: string): Flag[] {
  let commands: string[] = [];
  let variables = new Map<string, string>();
  for (const [key, value] of settingsIn(text)) {
    if (key === 'ExecStart') commands = value === '' ? [] : [...commands, value];
    else if (value === '') variables = new Map();
    else for (const word of splitWords(value)) setVariable(variables, word);
  }
  return [...commands, ...variables.values()].flatMap((value) => parseFlags(splitWords(value)));
}

function setVariable(variables: Map<string, string>, word: string): void {
  const at = word.indexOf('=');
  if (at > 0) variables.set(word.slice(0, at), word.slice(at + 1));
}

/** A backslash at the end of a line joins it with the next line. A line that begins with # or ; is a comment. */
function settingsIn(text: string): [string, string][] {
  const lines = text
    .split(/\r\n?|\n/)
    .filter((line) => !/^[ \t]*[#;]/.test(line))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n');
  return lines.flatMap((line): [string, string][] => {
    const [, key, value] = /^[ \t]*(ExecStart|Environment)[ \t]*=(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, (value ?? '').trim()]];
  });
}
