import type { Change, Comparison, Difference, Grouped } from './compare.ts';

/** Maximum length of a value in a pull request. */
const MOST_CHARACTERS = 160;
const MOST_PATHS = 60;
/** Characters shown before the place where two values differ. */
const CONTEXT = 24;

/** For a comment of a pull request, or a terminal. */
export function toMarkdown({ newClusters, goneClusters, differences }: Comparison, base: string): string {
  if (newClusters.length + goneClusters.length + differences.length === 0)
    return `The manifests in \`dist/\` are equal to those of ${base}: nothing changes on the clusters.\n`;
  const sections = [
    '### What this changes on the clusters',
    `Compared with ${base}: ${counted(differences)}.`,
    ...newClusters.map(({ name, objects }) => `**New cluster** \`${name}\`: ${some(objects, 'object')}.`),
    ...goneClusters.map(
      ({ name, objects }) =>
        `**Cluster** \`${name}\` **has left dist/** with ${some(objects, 'object')}. Its objects stay on the cluster until you delete them.`,
    ),
    ...differences.map(section),
  ];
  return `${sections.join('\n\n')}\n`;
}

function counted(differences: readonly Grouped[]): string {
  const count = (kind: Difference['kind']): number =>
    differences.filter((each) => each.difference.kind === kind).length;
  return `${some(count('added'), 'object')} added, ${count('removed')} removed, ${count('changed')} changed`;
}

function section({ difference, clusters }: Grouped): string {
  const title = `#### ${difference.kind}: ${difference.object} (${clusters.join(', ')})`;
  switch (difference.kind) {
    case 'added':
    case 'removed':
      return title;
    case 'changed':
      return `${title}\n\n${table(difference.changes)}`;
  }
}

function table(changes: readonly Change[]): string {
  const more = changes.length - MOST_PATHS;
  return [
    '| path | before | after |',
    '| --- | --- | --- |',
    ...changes.slice(0, MOST_PATHS).map(row),
    ...(more > 0 ? [`| … ${more} more ${more === 1 ? 'path' : 'paths'} | | |`] : []),
  ].join('\n');
}

function row({ path, before, after }: Change): string {
  const [old, now] = [written(before), written(after)];
  const from = windowStart(old, now);
  return `| ${code(path)} | ${cut(old, from)} | ${cut(now, from)} |`;
}

const written = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));

/** Two long values part somewhere in the middle: that place is what a reader wants to see. */
function windowStart(before = '', after = ''): number {
  if (Math.max(before.length, after.length) <= MOST_CHARACTERS) return 0;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  return Math.max(0, same - CONTEXT);
}

function cut(value: string | undefined, from: number): string {
  if (value === undefined) return '(nothing)';
  const shown = value.slice(from, from + MOST_CHARACTERS);
  const left = value.length - shown.length;
  return left === 0 ? code(shown) : `${code(`${from > 0 ? '…' : ''}${shown}…`)} (${some(left, 'more character')})`;
}

/** A code span of a table: no bar ends the cell, no backtick the span. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest === 0 ? '' : ' ';
  return `${fence}${pad}${text.replaceAll('|', '\\|')}${pad}${fence}`;
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
