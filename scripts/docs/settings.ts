import { clusterSchema } from '../../src/cluster/schema.ts';
import { expected } from '../../src/cluster/expectations.ts';
import type { SettingSchema } from '../../src/settings/schema.ts';
import { code, table } from './markdown.ts';

/** Every setting of clusters/<name>.yaml, in the order of the schema. */
export function settingsPage(schema: SettingSchema = clusterSchema): string {
  const sections = Object.entries(schema.properties ?? {});
  return [
    '# Settings',
    'Written from `src/settings/` by `npm run docs`; do not edit.',
    'One file per cluster, `clusters/<name>.yaml`; its name is the name of the cluster. `clusters/example.yaml` shows every setting in place. A wrong one is refused with its line, what was seen and what was expected, and nothing is rendered. `cluster.schema.json`, beside this page, is the same for editors.',
    ...sections.map(([key, section]) => sectionOf(key, section, (schema.required ?? []).includes(key))),
  ]
    .join('\n\n')
    .concat('\n');
}

function sectionOf(key: string, section: SettingSchema, required: boolean): string {
  const rows = section.properties === undefined ? [rowOf(key, section, required)] : rowsOf(section, key);
  return [
    `## ${key}`,
    section.description ?? '',
    table(['setting', 'default', 'what it must be', 'what it does'], rows),
  ].join('\n\n');
}

function rowsOf({ properties = {}, required = [] }: SettingSchema, path: string): string[][] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const here = `${path}.${key}`;
    if (schema.properties !== undefined) return [headOf(here, schema), ...rowsOf(schema, here)];
    const members = schema.items?.properties === undefined ? [] : rowsOf(schema.items, `${here}[]`);
    return [rowOf(here, schema, required.includes(key)), ...members];
  });
}

/** A section without a default is absent until it is written. */
const headOf = (path: string, { default: value, description = '' }: SettingSchema): string[] => [
  code(path),
  value === undefined ? 'absent' : '',
  'a section',
  description,
];

function rowOf(path: string, schema: SettingSchema, required: boolean): string[] {
  const key = path.split('.').at(-1)?.replace('[]', '') ?? path;
  return [
    code(path),
    required ? '**required**' : defaultOf(schema.default),
    wordsOf(schema, key),
    schema.description ?? '',
  ];
}

const defaultOf = (value: unknown): string => (value === undefined ? 'absent' : code(JSON.stringify(value)));

/** The rows below it describe a list of sections. */
const wordsOf = (schema: SettingSchema, key: string): string =>
  schema.items?.properties === undefined ? expected(schema, key) : 'a list of sections';
