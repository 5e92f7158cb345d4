import type { FieldFault } from './field/fault.ts';
import { FIELD_FAULTS } from './field/faults.ts';
import { table } from './markdown.ts';
import { OUTCOME_HEADS, outcomeCells } from './outcomes.ts';

/** Writes docs/field.md: each reported situation, its public source, and what the product does with it. */
export function fieldFaultsPage(faults: readonly FieldFault[] = FIELD_FAULTS): string {
  return [
    '# Faults from the field',
    'Written from `scripts/docs/field/` by `npm run docs`; do not edit.',
    'Users of kubeadm clusters reported these situations in public. Each was rebuilt as a small input and tried on this project in November 2026. ' +
      'The source links to one report of the situation, not to a report about this project. A test holds each mend.',
    table(['id', 'what was seen', 'source', ...OUTCOME_HEADS], faults.map(row)),
  ]
    .join('\n\n')
    .concat('\n');
}

function row({ id, situation, source, outcome }: FieldFault): string[] {
  return [id, situation, source === undefined ? '' : `[${labelOf(source)}](${source})`, ...outcomeCells(outcome)];
}

/** `owner/name#number` for an issue or pull request of GitHub, otherwise the host. */
function labelOf(source: string): string {
  const { host, pathname } = new URL(source);
  const [, thread, number] = /^\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)$/.exec(pathname) ?? [];
  return host === 'github.com' && thread !== undefined && number !== undefined ? `${thread}#${number}` : host;
}
