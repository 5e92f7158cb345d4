import { formatFinding, type Finding } from './finding.ts';
import { inert } from '../../text/inert.ts';

/**
 * Maximum length of one finding, in characters. A finding that quotes a server's long error must not hide the others.
 */
const MOST_CHARACTERS_OF_ONE = 1000;

/** Returns one line for each finding, as in the log. */
export const findingLines = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => oneLine(formatFinding(finding)));

/**
 * Returns the head and as many lines as fit into `mostBytes`, then how many are missing. `step`: the step whose log has
 * all lines.
 */
export function fitLines(head: string, lines: readonly string[], mostBytes: number, step: string): string {
  let said = head;
  for (const [place, line] of lines.entries()) {
    const longer = `${said}\n${shortened(line)}`;
    const left = lines.length - place - 1;
    // The rest must fit as well: at least the line that counts the missing lines.
    if (bytes(longer) + (left === 0 ? 0 : bytes(rest(left, step))) > mostBytes) return said + rest(left + 1, step);
    said = longer;
  }
  return said;
}

const rest = (count: number, step: string): string =>
  `\n… and ${count === 1 ? '1 more finding' : `${count} more findings`}; the log of the step ${step} has them all.`;

/** Makes the line inert before its length is measured, because the step emits inert text. */
const oneLine = (text: string): string => inert(text.replaceAll(/\s+/g, ' ').trim());

const shortened = (line: string): string =>
  line.length <= MOST_CHARACTERS_OF_ONE ? line : `${line.slice(0, MOST_CHARACTERS_OF_ONE - 1)}…`;

const bytes = (text: string): number => new TextEncoder().encode(text).length;
