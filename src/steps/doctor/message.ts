import { isFailed, type Health, type Line } from './checkup-line.ts';

export const SIGNS: Readonly<Record<Health, string>> = {
  well: '✓',
  missing: '✗',
  unknown: '?',
  later: '…',
  'not-looked-at': '-',
};

/** A line, with the remedy below it when the check failed. */
export const formatLine = ({ health, check, found, remedy }: Line, sign = SIGNS[health]): string =>
  `${sign} ${check}: ${found}${remedy === '' ? '' : `\n    ${remedy}`}`;

export function summaryOf(lines: readonly Line[]): string {
  const ill = lines.filter(isFailed).length;
  const apart = lines.filter(({ health }) => health === 'later' || health === 'not-looked-at').length;
  const first =
    ill === 0 ? `All ${lines.length - apart} that were looked at are well` : `${ill} of ${lines.length} are not well`;
  return `${first}${apart === 0 ? '' : `; ${apart} cannot be told from here, or not yet`}.`;
}

export const messageOf = (lines: readonly Line[]): string =>
  [...lines.map((line) => formatLine(line)), '', summaryOf(lines)].join('\n');

/** The count, then only the failed checks, because a termination message is short. */
export const objectionOf = (lines: readonly Line[]): string =>
  [summaryOf(lines), ...lines.filter(isFailed).map((line) => formatLine(line))].join('\n');
