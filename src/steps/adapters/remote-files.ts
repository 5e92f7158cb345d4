import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { shellWord } from '../../text/shell.ts';

/** A shell function that says one line about a file: that it is absent or unreadable, or what it holds in base64, so that nothing in it can be taken for a line of ours. */
export const READ_FILE = [
  'look() {',
  `  if [ ! -e "$2" ]; then printf 'absent %s\\n' "$1"`,
  `  elif text=$(base64 -w 0 "$2" 2>&1); then printf 'file %s %s\\n' "$1" "$text"`,
  `  else printf 'unreadable %s %s\\n' "$1" "$(printf %s "$text" | tr '\\n' ' ')"; fi`,
  '}',
].join('\n');

/** A command of a script after {@link READ_FILE}. `key` has no blank. */
export const readFile = (key: string, path: string): string => `look ${key} ${shellWord(path)}`;

/** What the script said about one file; undefined when the file is absent. `where`: for a message. */
export function fileIn(lines: readonly string[], key: string, where: string): Reading<string | undefined> {
  const [kind, , ...rest] = lines.find((line) => line.split(' ', 2)[1] === key)?.split(' ') ?? [];
  switch (kind) {
    case 'file':
      return known(Buffer.from(rest.join(''), 'base64').toString('utf8'));
    case 'absent':
      return known(undefined);
    case 'unreadable':
      return notKnown(`${where} cannot be read: ${rest.join(' ').trim()}`);
    case undefined:
    default:
      return notKnown(`nothing was said about ${where}`);
  }
}
