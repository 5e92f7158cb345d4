import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { compare, type Change, type Manifest } from '../../src/cli/diff/compare.ts';
import { printDiff as print } from '../../src/cli/diff.ts';
import { toMarkdown } from '../../src/cli/diff/markdown.ts';

const object = (name: string, rest: object = {}, kind = 'Role'): Manifest => ({
  ...{ apiVersion: 'v1', kind, metadata: { name, namespace: 'k8s-upgrade' } },
  ...rest,
});
const inProd = (...objects: Manifest[]) => new Map([['prod', objects]]);
const changes = (before: object, after: object): readonly Change[] => {
  const { differences } = compare(inProd(object('a', before)), inProd(object('a', after)));
  return differences.flatMap(({ difference }) => (difference.kind === 'changed' ? difference.changes : []));
};

const printDiff = (args: string[], root: string) => print(args, root, () => []);

describe('a comparison of manifests', () => {
  it('says nothing where the same is said in another order of keys', () => {
    expect(changes({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).to.deep.equal([]);
  });

  const CASES: readonly [says: string, before: object, after: object, changes: readonly Change[]][] = [
    ['a value', { spec: { a: 1 } }, { spec: { a: 2 } }, [{ path: 'spec.a', before: 1, after: 2 }]],
    ['a value that comes', { spec: {} }, { spec: { a: null } }, [{ path: 'spec.a', before: undefined, after: null }]],
    ['a value that goes', { a: [1] }, {}, [{ path: 'a', before: [1], after: undefined }]],
    [
      'a member of a list by its name, wherever it stands',
      { env: [{ name: 'A', value: '1' }] },
      {
        env: [
          { name: 'B', value: '0' },
          { name: 'A', value: '2' },
        ],
      },
      [
        { path: 'env[A].value', before: '1', after: '2' },
        { path: 'env[B]', before: undefined, after: { name: 'B', value: '0' } },
      ],
    ],
    [
      'the order of a list, which may mean something',
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ name: 'B' }, { name: 'A' }] },
      [{ path: 'env (order)', before: ['A', 'B'], after: ['B', 'A'] }],
    ],
    [
      'an alert by its name',
      { r: [{ alert: 'X', for: '1m' }] },
      { r: [{ alert: 'X', for: '2m' }] },
      [{ path: 'r[X].for', before: '1m', after: '2m' }],
    ],
    [
      'a list without names as a whole',
      { verbs: ['get'] },
      { verbs: ['get', 'list'] },
      [{ path: 'verbs', before: ['get'], after: ['get', 'list'] }],
    ],
    ['a text that was a number', { a: 1 }, { a: '1' }, [{ path: 'a', before: 1, after: '1' }]],
  ];
  for (const [says, before, after, expected] of CASES)
    it(`tells ${says}`, () => {
      expect(changes(before, after)).to.deep.equal(expected);
    });

  it('tells what several clusters have in common once', () => {
    const both = (value: number) =>
      new Map([
        ['prod', [object('a', { value }), object('b', { value: 0 })]],
        ['test', [object('a', { value }), object('b', { value })]],
      ]);
    const { differences } = compare(both(1), both(2));
    expect(differences.map(({ difference, clusters }) => [difference.object, clusters])).to.deep.equal([
      ['Role k8s-upgrade/a', ['prod', 'test']],
      ['Role k8s-upgrade/b', ['test']],
    ]);
  });

  it('takes an object whose API has another version for the same', () => {
    expect(changes({ apiVersion: 'x/v1' }, { apiVersion: 'x/v2' })).to.deep.equal([
      { path: 'apiVersion', before: 'x/v1', after: 'x/v2' },
    ]);
  });
});

describe('the Markdown of a comparison', () => {
  it('says so when nothing changed', () => {
    expect(toMarkdown(compare(inProd(object('a')), inProd(object('a'))), 'main (abc1234)')).to.equal(
      'The manifests in `dist/` are equal to those of main (abc1234): nothing changes on the clusters.\n',
    );
  });

  it('is this, to the letter', () => {
    const text = `${'x'.repeat(200)}A${'y'.repeat(300)}`;
    const before = new Map([
      ['old', [object('z')]],
      ['prod', [object('gone'), object('a', { spec: { sum: 'a|b', tick: '`', text } }, 'ConfigMap')]],
    ]);
    const after = new Map([
      ['new', [object('z'), object('y')]],
      ['prod', [object('come'), object('a', { spec: { sum: 'a', text: text.replace('A', 'B') } }, 'ConfigMap')]],
    ]);
    expect(toMarkdown(compare(before, after), 'main (abc1234)')).to.equal(`### What this changes on the clusters

Compared with main (abc1234): 1 object added, 1 removed, 1 changed.

**New cluster** \`new\`: 2 objects.

**Cluster** \`old\` **has left dist/** with 1 object. Its objects stay on the cluster until you delete them.

#### added: Role k8s-upgrade/come (prod)

#### removed: Role k8s-upgrade/gone (prod)

#### changed: ConfigMap k8s-upgrade/a (prod)

| path | before | after |
| --- | --- | --- |
| \`spec.sum\` | \`"a\\|b"\` | \`"a"\` |
| \`spec.text\` | \`…${'x'.repeat(24)}A${'y'.repeat(135)}…\` (343 more characters) | \`…${'x'.repeat(24)}B${'y'.repeat(135)}…\` (343 more characters) |
| \`spec.tick\` | \`\` "\`" \`\` | (nothing) |
`);
  });

  it('counts the paths that are too many to read', () => {
    const many = (value: number): Manifest =>
      object('a', Object.fromEntries(Array.from({ length: 62 }, (_, place) => [`k${place}`, value])));
    const lines = toMarkdown(compare(inProd(many(1)), inProd(many(2))), 'main')
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('| `'))).to.have.length(60);
    expect(lines.at(-1)).to.equal('| … 2 more paths | | |');
  });
});

describe('npm run diff', () => {
  let root = '';
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const commit = (): void => {
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'x');
  };
  const role = (verb: string): string => `kind: Role\nmetadata:\n  name: "yes"\nrules: [${verb}]\n`;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'diff-'));
    git('init', '-q', '-b', 'main');
    write('dist/prod/Role.yes.yaml', role('get'));
    write('dist/prod/Kustomization', 'resources: [Role.yes.yaml]\n');
    commit();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('compares the folder as it is, also where git does not know the files yet, with main', () => {
    write('dist/prod/Role.yes.yaml', role('list'));
    write('dist/prod/Role.no.yaml', 'kind: Role\nmetadata: { name: "no" }\n');
    const { says, exitCode } = printDiff([], root);
    expect(exitCode).to.equal(0);
    expect(says).to.include(`Compared with main (${git('rev-parse', '--short=7', 'main').trim()}): 1 object added`);
    expect(says).to.include('#### added: Role no (prod)').and.to.include('| `rules` | `["get"]` | `["list"]` |');
  });

  it('compares object by object, whatever file an object is in', () => {
    write('dist/prod/Role.no.yaml', 'kind: Role\nmetadata: { name: "no" }\n');
    commit();
    rmSync(join(root, 'dist/prod/Role.no.yaml'));
    rmSync(join(root, 'dist/prod/Role.yes.yaml'));
    write('dist/prod/30-rbac.yaml', `kind: Role\nmetadata: { name: "no" }\n---\n# yes: a step.\n${role('get')}`);
    expect(printDiff([], root).says).to.match(/nothing changes on the clusters\.\n$/);
    write('dist/prod/30-rbac.yaml', `kind: Role\nmetadata: { name: "no" }\n---\n# yes: a step.\n${role('list')}`);
    const { says } = printDiff([], root);
    expect(says).to.include('0 objects added, 0 removed, 1 changed').and.to.include('#### changed: Role yes (prod)');
  });

  it('is about dist/ of this repository', () => {
    const { says, exitCode } = print(['--base', 'HEAD'], undefined, () => []);
    expect([exitCode, says]).to.deep.equal([0, says]);
    expect(says)
      .to.match(/HEAD \([0-9a-f]{7}\)/)
      .and.not.include('**New cluster**');
  });

  it('ends well when nothing changed', () => {
    const { says, exitCode } = printDiff(['--base', 'HEAD'], root);
    expect([exitCode, says]).to.deep.equal([
      0,
      `The manifests in \`dist/\` are equal to those of HEAD (${git('rev-parse', '--short=7', 'HEAD').trim()}): nothing changes on the clusters.\n`,
    ]);
  });

  it('takes the main of the remote where there is no other', () => {
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    git('checkout', '-q', '--detach');
    git('branch', '-q', '-D', 'main');
    expect(printDiff([], root).says).to.include('those of origin/main (');
  });

  it('refuses a base that git does not know, an option among them', () => {
    expect(printDiff(['--base='], root)).to.have.property('exitCode', 2);
    for (const base of ['nowhere', '-rf'])
      expect(printDiff([`--base=${base}`], root)).to.deep.equal({
        says: `--base: git knows no commit "${base}" here, expected a branch, a tag or a commit; fetch it first (in a shallow clone: git fetch --unshallow) or name another\n`,
        exitCode: 2,
      });
    git('checkout', '-q', '--detach');
    git('branch', '-q', '-D', 'main');
    expect(printDiff([], root).says).to.include('--base: git knows neither main nor origin/main here, expected');
    expect(printDiff(['--bsae=x'], root)).to.have.property('exitCode', 2);
  });

  it('refuses a folder that is not what synth would write', () => {
    const stale = Array.from({ length: 12 }, (_, i) => `prod/Role.r${i}.yaml`);
    expect(print([], root, () => stale.slice(0, 2))).to.deep.equal({
      says: `dist/ is not what synth would write now, so a comparison would be wrong. Not current:
  dist/prod/Role.r0.yaml
  dist/prod/Role.r1.yaml
Run: npm run synth
`,
      exitCode: 2,
    });
    expect(print([], root, () => stale).says).to.include('Role.r9.yaml\n  and 2 more\nRun: npm run synth');
  });

  it('refuses what is no object, and names it', () => {
    for (const text of ['- 1\n', '', `${role('get')}---\n`, `${role('get')}---\nkind: Role\n`]) {
      write('dist/prod/List.x.yaml', text);
      expect(printDiff([], root)).to.deep.equal({
        says: 'dist/prod/List.x.yaml: saw no kind and name, expected a Kubernetes object; run: npm run synth\n',
        exitCode: 2,
      });
    }
    write('dist/prod/List.x.yaml', `${role('get')}---\nkind: [\n`);
    const { says, exitCode } = printDiff([], root);
    expect(exitCode).to.equal(2);
    expect(says).to.match(/^dist\/prod\/List\.x\.yaml: Flow sequence in block collection/);
  });
});
