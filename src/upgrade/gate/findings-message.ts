import { formatFinding, type Finding } from './finding.ts';
import { inert } from '../../text/inert.ts';

/** One finding, such as one with the error of somebody's server in it, must not hide the others. */
const MOST_CHARACTERS_OF_ONE = 1000;

/** A line for each finding, as they stand in the log. */
export const findingLines = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => oneLine(formatFinding(finding)));

/** The head and as many lines as fit, and how many do not. `step`: whose log has them all. */
export function fitted(head: string, lines: readonly string[], mostBytes: number, step: string): string {
  let said = head;
  for (const [place, line] of lines.entries()) {
    const longer = `${said}\n${shortened(line)}`;
    const left = lines.length - place - 1;
    // What follows must fit as well: at the very least the line that counts what does not.
    if (bytes(longer) + (left === 0 ? 0 : bytes(rest(left, step))) > mostBytes) return said + rest(left + 1, step);
    said = longer;
  }
  return said;
}

const rest = (count: number, step: string): string =>
  `\n… and ${count === 1 ? '1 more finding' : `${count} more findings`}; the log of the step ${step} has them all.`;

/** Inert before it is measured: the message must fit as it leaves the step. */
const oneLine = (text: string): string => inert(text.replaceAll(/\s+/g, ' ').trim());

const shortened = (line: string): string =>
  line.length <= MOST_CHARACTERS_OF_ONE ? line : `${line.slice(0, MOST_CHARACTERS_OF_ONE - 1)}…`;

const bytes = (text: string): number => new TextEncoder().encode(text).length;
