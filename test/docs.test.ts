import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { workflowTemplates } from '../scripts/diagram/workflow.ts';
import { readManifests } from '../src/cli/diff/manifests.ts';
import { STEPS } from '../src/steps/catalog.ts';
import { ALERT_NAMES } from '../src/signals/alert-rules.ts';
import { FINDING_CLASSES, FINDING_CODES } from '../src/upgrade/gate/finding.ts';
import { RUN_ENDS } from '../src/signals/gauges.ts';
import { clusters, ofKind } from './synth/support/render.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
/** What people read, written by hand or not. Proofs quote what a machine printed. */
const documents = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(file) && !file.startsWith('docs/proof/'));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const withoutCode = (text: string): string => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function linkProblems(file: string): string[] {
  return [...withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(target)) return [`${file}: ${link} does not exist`];
    const lost = anchor !== undefined && statSync(target).isFile() && !anchorsOf(read(target)).includes(anchor);
    return lost ? [`${file}: ${link} has no such heading`] : [];
  });
}

describe('the documents', () => {
  it('are found', () => {
    expect(documents).to.include.members(['README.md', 'CONTRIBUTING.md', 'docs/runbook/README.md']);
  });

  it('link only to what is there', () => {
    expect(documents.flatMap(linkProblems)).to.deep.equal([]);
  });

  it('name only npm scripts that there are', () => {
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/npm run (?:-s )?([a-z](?:[a-z0-9:-]*[a-z0-9])?)/g)].map(
        ([, script = '']) => [file, script] as const,
      ),
    );
    expect(named.length).to.be.greaterThan(10);
    expect(named.filter(([, script]) => !(script in scripts))).to.deep.equal([]);
  });

  it('start only WorkflowTemplates of dist/, with parameters that these have and values that they take', () => {
    const templates = new Map(workflowTemplates('dist').map((each) => [each.metadata.name, each]));
    const submits = documents.flatMap((file) =>
      [...read(file).matchAll(/--from workflowtemplate\/([a-z0-9-]+)([^\n`]*)/g)].map(([, name = '', rest = '']) => ({
        file,
        name,
        rest,
      })),
    );
    expect(submits.length).to.be.greaterThan(10);
    for (const { file, name, rest } of submits) {
      const known = templates.get(name);
      expect(known, `${file}: workflowtemplate/${name}`).to.not.equal(undefined);
      for (const [, parameter = '', value = ''] of rest.matchAll(/-p '?([A-Za-z]+)=([^\s']*)/g)) {
        const declared = known?.spec.arguments?.parameters?.find((each) => each.name === parameter);
        expect(declared, `${file}: ${name} -p ${parameter}`).to.not.equal(undefined);
        if (declared?.enum !== undefined) expect(declared.enum, `${file}: ${parameter}`).to.include(value);
      }
    }
  });

  it('suspend and resume only CronWorkflows of dist/', () => {
    const schedules = readManifests('50-schedules.yaml', read('dist/example/50-schedules.yaml'));
    const crons = schedules.map(({ metadata }) => metadata.name);
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/argo cron (?:suspend|resume|get) -n k8s-upgrade ([a-z0-9-]+)/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(named).to.not.be.empty;
    expect(named.filter((name) => !crons.includes(name))).to.deep.equal([]);
  });

  it('run by hand only steps that there are', () => {
    const steps = STEPS.map(({ name }) => name);
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/npm run (?:-s )?step -- ([a-z-]+)/g)].map(([, step = '']) => step),
    );
    expect(named).to.not.be.empty;
    expect(named.filter((step) => !steps.includes(step))).to.deep.equal([]);
  });

  it('name only files of this repository that there are', () => {
    const lost = documents
      .filter((file) => !file.startsWith('docs/decisions/') && file !== 'CHANGELOG.md')
      .flatMap((file) =>
        [...read(file).matchAll(/`((?:src|test|scripts|clusters|argo|lab|docs)\/[\w./-]+)`/g)]
          .map(([, path = '']) => path)
          .filter((path) => !existsSync(path))
          .map((path) => `${file}: ${path}`),
      );
    expect(lost).to.deep.equal([]);
  });
});

describe('the runbook', () => {
  const pages = readdirSync('docs/runbook').filter((file) => file !== 'README.md');
  /** Ends of a run that need no operator. */
  const GOOD_ENDS = ['upgraded', 'nothing-to-do', 'detected'];
  const wanted = [
    ...ALERT_NAMES,
    ...RUN_ENDS.filter((end) => !GOOD_ENDS.includes(end)),
    ...STEPS.map(({ name }) => `failed-at-${name}`),
  ].map((name) => `${name}.md`);

  it('has a page for every alert, every bad end of a run and every step that can fail, and no other', () => {
    expect(pages.sort(), 'write docs/runbook/<page>: symptom, cause, command').to.deep.equal(wanted.sort());
  });

  it('says on every page what is seen, why, and what to type', () => {
    for (const page of pages) {
      const text = read(join('docs/runbook', page));
      expect(
        [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
        page,
      ).to.deep.equal(['Symptom', 'Cause', 'Command']);
      expect(text.slice(text.indexOf('## Command')), page).to.match(/```sh\n|`argo |`npm /);
    }
  });

  it('is where each rendered alert rule points to', () => {
    const rules = clusters().flatMap(({ objects, settings }) =>
      ofKind(objects, 'PrometheusRule').flatMap((object) => {
        const { groups } = (
          object as unknown as { spec: { groups: { rules: { annotations: Record<string, string> }[] }[] } }
        ).spec;
        return groups
          .flatMap((each) => each.rules)
          .map(({ annotations }) => ({ url: annotations['runbook_url'] ?? '', base: settings.alerts.runbookUrl }));
      }),
    );
    expect(rules).to.not.be.empty;
    for (const { url, base } of rules) {
      expect(url.slice(0, -basename(url).length)).to.equal(`${base ?? ''}/`);
      expect(pages).to.include(basename(url));
    }
  });
});

describe('the page of findings', () => {
  const page = read('docs/reference/findings.md');
  const codes = Object.values(FINDING_CODES).flat();

  it('explains every code that a message may have in its brackets, each once, and no other', () => {
    expect(codes.length).to.be.greaterThan(40);
    const explained = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code = '']) => code);
    expect(explained.sort()).to.deep.equal([...FINDING_CLASSES, ...codes].sort());
  });
});

describe('the decisions', () => {
  it('have no gap in their numbers that docs/decisions/README.md does not name', () => {
    const [names, index] = [readdirSync('docs/decisions'), read('docs/decisions/README.md')];
    const numbers = names.flatMap((name) => /^([0-9]{4})-[a-z0-9-]+[.]md$/.exec(name)?.[1] ?? []);
    expect(names.length).to.equal(numbers.length + 1);
    expect(numbers).to.deep.equal([...new Set(numbers)]);
    const all = Array.from({ length: Number(numbers.sort().at(-1)) }, (_, place) => `${place + 1}`.padStart(4, '0'));
    const explained = [...index.matchAll(/\b[0-9]{4}\b/g)].map(([number]) => number);
    expect(all.filter((number) => !numbers.includes(number))).to.deep.equal(explained);
  });
});

describe('the security model', () => {
  it('is right that no step both logs in to nodes and takes pods away', () => {
    const takesPodsAway = STEPS.filter(({ access }) =>
      access.some(
        ({ resources, verbs }) =>
          resources.includes('pods/eviction') || (resources.includes('pods') && verbs.includes('delete')),
      ),
    );
    expect(takesPodsAway.map(({ name }) => name)).to.include('drain');
    expect(takesPodsAway.filter(({ ssh }) => ssh)).to.deep.equal([]);
  });
});
