import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { references } from '../../scripts/docs.ts';
import { settingsPage } from '../../scripts/docs/settings.ts';
import { stepsPage } from '../../scripts/docs/steps.ts';
import { table } from '../../scripts/docs/markdown.ts';
import { publish } from '../../scripts/generated.ts';
import { seconds, text } from '../../src/contract/param.ts';
import { defineStep } from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { ALERT_NAMES } from '../../src/signals/alert-rules.ts';
import { GAUGES } from '../../src/signals/gauges.ts';
import { SERIES } from '../../src/signals/series.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (page: string): string => readFileSync(resolve(root, 'docs/reference', page), 'utf8');

describe('the reference pages', () => {
  it('are what the sources say', () => {
    expect(publish(root, references(), { check: true })).to.deep.equal({ exitCode: 0, says: '10 pages are current' });
  });

  it('would be noticed when they are not', () => {
    const pages = new Map([...references().pages, ['docs/reference/settings.md', 'x']]);
    expect(publish(root, { ...references(), pages }, { check: true })).to.deep.equal({
      exitCode: 1,
      says: 'docs/reference/settings.md: not current; run: npm run docs',
    });
  });

  it('go when they are no longer generated, and a page that somebody else wrote stays and is named', () => {
    const dir = mkdtempSync(join(tmpdir(), 'pages-'));
    const generated = { pages: new Map([['d/a.md', 'made\n']]), folders: ['d'], marker: 'made', remedy: 'npm run x' };
    try {
      mkdirSync(join(dir, 'd/folder'), { recursive: true });
      writeFileSync(join(dir, 'd/gone.md'), '# Gone\n\nmade\n');
      writeFileSync(join(dir, 'd/notes.md'), 'made by hand\n');
      expect(publish(dir, generated, { check: false })).to.deep.equal({
        exitCode: 1,
        says: 'd/folder, d/notes.md: not written by npm run x; move to another folder',
      });
      expect(readdirSync(join(dir, 'd'))).to.deep.equal(['folder', 'gone.md', 'notes.md']);
      rmSync(join(dir, 'd/folder'), { recursive: true });
      rmSync(join(dir, 'd/notes.md'));
      expect(publish(dir, generated, { check: false }).says).to.equal('wrote d/a.md\nremoved d/gone.md');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('have every step, every gauge, every series and every alert', () => {
    for (const { name } of STEPS) expect(read('steps.md')).to.include(`\n## ${name}\n`);
    for (const name of [...Object.keys(GAUGES), ...SERIES.keys()])
      expect(read('metrics.md')).to.include(`| \`${name}\` |`);
    for (const alert of ALERT_NAMES) expect(read('metrics.md')).to.include(`\n### ${alert}\n`);
  });

  it('tell a setting, a section in a section and a list of sections', () => {
    const page = settingsPage({
      type: 'object',
      required: ['a'],
      properties: {
        a: {
          ...{ type: 'object', description: 'All of a.', required: ['b'] },
          properties: {
            b: { type: 'string', title: 'a word', description: 'Says <b>.' },
            c: {
              type: 'object',
              description: 'Or none.',
              properties: { waitSeconds: { type: 'integer', minimum: 1, maximum: 9, default: 5 } },
            },
            d: { type: 'array', default: [], items: { type: 'object', properties: { e: { type: 'boolean' } } } },
          },
        },
      },
    });
    expect(page.slice(page.indexOf('## a'))).to.equal(
      `## a

All of a.

| setting | default | what it must be | what it does |
| --- | --- | --- | --- |
| \`a.b\` | **required** | a word | Says &lt;b>. |
| \`a.c\` | absent | a section | Or none. |
| \`a.c.waitSeconds\` | \`5\` | a whole number of seconds from 1 to 9 | when the unit is in the name |
| \`a.d\` | \`[]\` | a list of sections |  |
| \`a.d[].e\` | absent | true or false |  |
`.replace(' when the unit is in the name ', '  '),
    );
  });

  it('tell a step by its contract', () => {
    const step = defineStep({
      name: 'look',
      summary: 'Looks.',
      inputs: { waitSeconds: seconds({ doc: 'How long.', example: '5' }) },
      outputs: { seen: text({ doc: 'What was seen.', example: 'x' }) },
      access: [
        {
          apiGroup: '',
          resources: ['pods'],
          verbs: ['get'],
          names: ['a'],
          scope: 'snapshot-namespace',
          when: ['kured'],
        },
      ],
      ssh: true,
      deadline: { seconds: 60, plus: ['waitSeconds'] },
    });
    const page = stepsPage([step]);
    expect(page.slice(page.indexOf('## look'))).to.equal(`## look

Looks.

- One attempt may take 60 s + \`waitSeconds\`.
- Logs in to nodes: mounts the SSH key.

### Inputs

| input | environment variable | what it is | example |
| --- | --- | --- | --- |
| \`waitSeconds\` | \`WAIT_SECONDS\` | How long. | \`5\` |

### Outputs

| output | file | what it is | example |
| --- | --- | --- | --- |
| \`seen\` | \`/tmp/outputs/seen\` | What was seen. | \`x\` |

### Rights

| where | API group | resources | only | verbs | if |
| --- | --- | --- | --- | --- | --- |
| namespace of \`snapshot.cronJob\` | core | pods | \`a\` | get | \`kured.mode\` is not \`off\` |
`);
  });

  it('keep a bar, a line break and what looks like HTML inside of a cell', () => {
    expect(table(['a'], [['x | y\n<b> `<c>`']])).to.equal('| a |\n| --- |\n| x \\| y &lt;b> `<c>` |');
  });
});
