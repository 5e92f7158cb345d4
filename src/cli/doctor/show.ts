import type { Paint, Style } from '../paint.ts';
import { isIll, type Health, type Line } from './ailment.ts';

const SIGNS: Readonly<Record<Health, readonly [Style, string]>> = {
  well: ['green', '✓'],
  missing: ['red', '✗'],
  unknown: ['red', '?'],
  later: ['yellow', '…'],
  'not-looked-at': ['yellow', '-'],
};

/** A line for each, and what to do below what is not well; then the count. */
export function show(lines: readonly Line[], paint: Paint): string {
  const ill = lines.filter(isIll).length;
  const apart = lines.filter(({ health }) => health === 'later' || health === 'not-looked-at').length;
  const last =
    ill === 0 ? `All ${lines.length - apart} that were looked at are well` : `${ill} of ${lines.length} are not well`;
  const rest = apart === 0 ? '' : `; ${apart} cannot be told from here, or not yet`;
  return [
    ...lines.map((line) => showLine(line, paint)),
    '',
    paint(ill === 0 ? 'green' : 'red', `${last}${rest}.`),
    '',
  ].join('\n');
}

function showLine({ health, check, found, remedy }: Line, paint: Paint): string {
  const [style, sign] = SIGNS[health];
  const head = `${paint(style, sign)} ${check}: ${found}`;
  return remedy === '' ? head : `${head}\n    ${remedy}`;
}
