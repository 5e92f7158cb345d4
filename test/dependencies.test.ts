import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Row {
  readonly name: string;
  readonly licence: string;
  readonly reason: string;
}

/** The rows of the first table after a heading. */
function rowsOf(page: string, heading: string): Row[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, name = '', licence = '', reason = '']) => ({ name, licence, reason }),
  );
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What differs between a page and what is installed. */
function problemsOf(page: string, { dependencies, devDependencies }: Manifest): string[] {
  const tables = [
    ['What runs in a step or in a command', dependencies],
    ['What builds and tests', devDependencies],
  ] as const;
  return tables.flatMap(([heading, packages]) => {
    const rows = rowsOf(page, heading);
    const [listed, named] = [rows.map(({ name }) => name), Object.keys(packages)];
    return [
      ...named.filter((name) => !listed.includes(name)).map((name) => `${name} has no row in "${heading}"`),
      ...listed.filter((name) => !named.includes(name)).map((name) => `${name} is in "${heading}" alone`),
      ...listed.filter((name, at) => listed.indexOf(name) !== at).map((name) => `${name} has two rows`),
      ...rows.flatMap(({ name, licence }) =>
        named.includes(name) && licence !== licenceOf(name) ? [`${name} has the licence ${licenceOf(name)}`] : [],
      ),
    ];
  });
}

/** Some packages have the older list of licences. */
function licenceOf(name: string): string {
  const { license, licenses } = JSON.parse(read(`node_modules/${name}/package.json`)) as {
    license?: string;
    licenses?: readonly { readonly type: string }[];
  };
  return license ?? licenses?.map(({ type }) => type).join(', ') ?? 'unknown';
}

describe('docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  const manifest = JSON.parse(read('package.json')) as Manifest;

  it('has a row with its licence for every package of package.json, and no other row', () => {
    expect(problemsOf(page, manifest)).to.deep.equal([]);
  });

  it('would notice a new package, a stale row, a second row and another licence', () => {
    const { ajv = '', ...others } = manifest.dependencies;
    expect(problemsOf(page, { ...manifest, dependencies: { ...others, 'left-pad': ajv } })).to.deep.equal([
      'left-pad has no row in "What runs in a step or in a command"',
      'ajv is in "What runs in a step or in a command" alone',
    ]);
    const row = /^\| `ajv` .*\n/m.exec(page)?.[0] ?? '';
    expect(problemsOf(page.replace(row, row + row), manifest)).to.deep.equal(['ajv has two rows']);
    expect(problemsOf(page.replace('| `ajv` | MIT |', '| `ajv` | ISC |'), manifest)).to.deep.equal([
      'ajv has the licence MIT',
    ]);
  });

  it('holds for exact versions', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).to.deep.equal([]);
  });
});
