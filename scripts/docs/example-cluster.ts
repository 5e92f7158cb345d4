import { stringify } from 'yaml';
import { SETTINGS } from '../../src/settings/cluster.ts';
import { isSection, type Members, type Setting } from '../../src/settings/kit.ts';
import type { SettingSchema } from '../../src/settings/schema.ts';

const HEAD = `# yaml-language-server: $schema=../docs/reference/cluster.schema.json

# Written from src/settings/ by \`npm run docs\`; do not edit.
#
# Every setting, with its default. Copy this file to <name>.yaml, where <name> is what you call the cluster, and keep only what
# you change: images.repository is the one setting that you must give. A setting right behind a # has no default; remove the #
# to use it.
`;

const WIDTH = 120;

/** clusters/example.yaml: every setting with its doc above it. */
export const exampleCluster = (settings: Members = SETTINGS): string =>
  [HEAD, ...Object.entries(settings).map(([key, member]) => blockOf(key, member).join('\n').concat('\n'))].join('\n');

/**
 * The lines of a setting or of a section, at the left margin.
 * @param behindHash Whether an outer section puts the lines behind a #, so that they need no other.
 */
function blockOf(key: string, member: Setting<unknown>, behindHash = false): string[] {
  const hash = member.presence === 'optional' && !behindHash ? '#' : '';
  const below = isSection(member) ? Object.entries(member.members) : [];
  const lines = [
    isSection(member) ? `${key}:` : `${key}: ${flow('default' in member ? member.default : member.example)}`,
    ...below.flatMap(([name, each]) => blockOf(name, each, behindHash || hash !== '').map((line) => `  ${line}`)),
  ];
  return [...commentOf(member), ...lines.map((line) => hash + line)];
}

function commentOf({ doc, required, presence, default: value, example, schema }: Setting<unknown>): string[] {
  const first = required && presence === 'always' && schema.type !== 'object' ? `REQUIRED. ${doc}` : doc;
  const more = value === undefined || example === undefined ? [] : [`Example: ${flow(example)}`];
  const fields = schema.items?.properties === undefined ? [] : ['Each item has:', ...fieldsOf(schema.items)];
  return [first, ...more, ...fields].flatMap(wrapped);
}

/** A line for each field of an item of a list, and of what is in it. */
const fieldsOf = ({ properties = {}, required = [] }: SettingSchema, path = ''): string[] =>
  Object.entries(properties).flatMap(([key, { description = '', items, ...field }]) => {
    const place = `${path}${key}`;
    const line = `- ${place}${required.includes(key) ? ' (required)' : ''}: ${description}`;
    return [
      line,
      ...(field.properties === undefined ? [] : fieldsOf(field, `${place}.`)),
      ...(items?.properties === undefined ? [] : fieldsOf(items, `${place}[].`)),
    ];
  });

/** A paragraph as lines of a comment. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length + 1 > WIDTH) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** A value in one line, in the style of Prettier. What YAML 1.1 would read as another type stands in quotes. */
const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', singleQuote: true, lineWidth: 0, compat: 'yaml-1.1' })
    .trim()
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
