import type { YAMLError } from 'yaml';

type Code = YAMLError['code'];

const UNCLOSED = 'saw a [ or { that is not closed, expected ] or } before the next setting';
const NO_SETTING = 'saw text that is no setting, expected <key>: <value>';

/** What the author sees at a fault of the YAML, the most telling code first. Their list: https://eemeli.org/yaml/#errors */
const WORDS: readonly (readonly [Code, string | ((parserSays: string) => string)])[] = [
  ['MULTIPLE_DOCS', 'saw a second YAML document, expected one cluster per file'],
  ['TAB_AS_INDENT', 'saw a tab in the indentation, expected spaces'],
  ['TAG_RESOLVE_FAILED', (says) => `saw a YAML tag, expected plain values (${says})`],
  ['BAD_ALIAS', 'saw * or & at the start of a value, expected the value in quotes'],
  ['BAD_SCALAR_START', 'saw a special character at the start of a value, expected the value in quotes'],
  ['BAD_DQ_ESCAPE', 'saw a backslash that is no escape, expected the value in single quotes'],
  ['UNEXPECTED_TOKEN', 'saw a list item, a bracket or text that does not belong here, expected <key>: <value>'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    'saw a list item, a section or a second ": " that does not belong here, expected <key>: <value>, the value in quotes if it has a ": "',
  ],
  [
    'BAD_INDENT',
    (says) =>
      says.startsWith('Flow')
        ? UNCLOSED
        : 'saw another indentation than that of its neighbors, expected the same column',
  ],
  ['MISSING_CHAR', (says) => (says.includes('quote') ? 'saw an opening quote, expected a closing one' : NO_SETTING)],
  ['MULTILINE_IMPLICIT_KEY', NO_SETTING],
  ['NON_STRING_KEY', 'saw a section or a list as a key, expected a word'],
];

/** The fault in words of the settings. What comes last in a message is quoted from the file, and may be a password. */
export function describeFault({ code, message }: Pick<YAMLError, 'code' | 'message'>): string {
  const says = message.replace(/((?<=\w): | %| \\)[^]*/, '');
  const words = WORDS.find(([known]) => known === code)?.[1];
  if (words === undefined) return `not valid YAML: ${says}`;
  return typeof words === 'string' ? words : words(says);
}

/** Returns the most telling fault of each line, since several faults on one line are one mistake. */
export function mainFaults<Fault extends Pick<YAMLError, 'code'>>(
  faults: readonly Fault[],
  lineOf: (fault: Fault) => number,
): Fault[] {
  const rank = ({ code }: Fault): number => {
    const at = WORDS.findIndex(([known]) => known === code);
    return at < 0 ? WORDS.length : at;
  };
  const best = new Map<number, Fault>();
  for (const fault of faults) {
    const known = best.get(lineOf(fault));
    if (known === undefined || rank(fault) < rank(known)) best.set(lineOf(fault), fault);
  }
  return [...best.values()];
}
