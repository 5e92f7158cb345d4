import { isFailed, type Health, type Line } from '../../steps/doctor/checkup-line.ts';
import { formatLine, SIGNS, summaryOf } from '../../steps/doctor/message.ts';
import { printable } from '../../text/printable.ts';
import type { Paint, Style } from '../paint.ts';

const STYLES: Readonly<Record<Health, Style>> = {
  well: 'green',
  missing: 'red',
  unknown: 'red',
  later: 'yellow',
  'not-looked-at': 'yellow',
};

/** What the step says, in colour. */
export const doctorText = (lines: readonly Line[], paint: Paint): string =>
  [
    ...lines.map((line) => formatLine(shownOf(line), paint(STYLES[line.health], SIGNS[line.health]))),
    '',
    paint(lines.some(isFailed) ? 'red' : 'green', summaryOf(lines)),
    '',
  ].join('\n');

const shownOf = (line: Line): Line => ({
  ...line,
  check: printable(line.check),
  found: printable(line.found),
  remedy: printable(line.remedy),
});
