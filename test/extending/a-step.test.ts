import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CopyOfSources, filesToEdit, insertBefore, type Edit } from '../support/copy-of-sources.ts';

const CONTRACT = `import { listNodes, listStaticPods } from '../../contract/access.ts';
import { text } from '../../contract/param.ts';
import { from } from '../../contract/from-settings.ts';
import { workers } from '../../settings/workers.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const countNodes = defineStep({
  name: 'count-nodes',
  summary: 'Counts the nodes of the cluster.',
  inputs: { ...from(workers, 'maxUnavailable') },
  outputs: { count: text({ doc: 'Number of nodes.', example: '3' }) },
  access: [listNodes, listStaticPods],
  ssh: false,
  deadline: { seconds: 300 },
});
`;

const OBSERVE = `import type { NodeReads } from '../ports/cluster.ts';

export const observe = async (cluster: NodeReads): Promise<number> => (await cluster.nodes()).nodes.length;
`;

const DECIDE = `export const decide = (nodes: number): string => String(nodes);
`;

const MAIN = `import { runStep } from '../runtime/run-step.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { connect } from '../wiring/connection.ts';
import { countNodes } from './contract.ts';
import { decide } from './decide.ts';
import { observe } from './observe.ts';

void runStep(countNodes, async (inputs, tools) => ({
  count: decide(await observe(clusterClient(connect(inputs, tools)))),
}));
`;

const PAGE = `# Failed at count-nodes

## Symptom

The run failed at \`count-nodes\`.

## Cause

The nodes could not be read.

## Command

\`\`\`sh
kubectl get nodes
\`\`\`
`;

const all =
  (...edits: readonly Edit[]): Edit =>
  (before) =>
    edits.reduce((text, edit) => edit(text), before);

/** The edits by hand that docs/extending.md lists. */
const EDITS: Readonly<Record<string, Edit>> = {
  'src/steps/count-nodes/contract.ts': () => CONTRACT,
  'src/steps/count-nodes/observe.ts': () => OBSERVE,
  'src/steps/count-nodes/decide.ts': () => DECIDE,
  'src/steps/count-nodes/main.ts': () => MAIN,
  'src/steps/catalog.ts': all(
    insertBefore(/^import \{ detect \}/m, "import { countNodes } from './count-nodes/contract.ts';\n"),
    insertBefore(/^ {2}preflight,/m, '  countNodes,\n'),
  ),
  'src/synth/steps.ts': all(
    insertBefore(/^import \{ detect \}/m, "import { countNodes } from '../steps/count-nodes/contract.ts';\n"),
    insertBefore(/^ {4}preflight: /m, '    countNodes: stepTemplate(countNodes, { settings, global: true }),\n'),
  ),
  'src/synth/upgrade.ts': all(
    insertBefore(/^ {4}preflight,/m, '    countNodes,\n'),
    insertBefore(/^ {6}const fit = /m, "      const counted = call('count-nodes', countNodes, {});\n"),
    insertBefore(/(?<=return \[)fit, began,/, 'counted, '),
    insertBefore(/^ {4}preflight,(?=\n {4}begin,\n {4}\.\.\.snapshots,)/m, '    countNodes,\n'),
  ),
  'README.md': insertBefore(/^ {2}preflight --> begin/m, '  preflight --> count-nodes\n'),
  'docs/runbook/failed-at-count-nodes.md': () => PAGE,
};

/** Tests that name what a new step lacks. */
const TESTS = ['release', 'docs', 'architecture', 'contract/step-contract', 'scripts/docs', 'scripts/diagram'];

describe('a step that is added to the catalog', function () {
  this.timeout(180_000);
  const copy = new CopyOfSources(EDITS);
  after(() => {
    copy.remove();
  });

  before(() => {
    // The tests ask git which files there are.
    copy.makeRepository();
    for (const command of ['synth', 'diagram', 'docs']) copy.run('scripts/run.ts', command);
  });

  it('is in dist/: its template, its call and its RBAC', () => {
    const workflow = copy.read('dist/example/40-k8s-upgrade.yaml');
    expect(workflow).to.include('name: count-nodes').and.to.include('/count-nodes:').and.to.include('MAX_UNAVAILABLE');
    const rbac = copy.read('dist/example/30-rbac.yaml');
    for (const kind of ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'])
      expect(rbac).to.match(
        new RegExp(`^kind: ${kind}\\nmetadata:(?:\\n .*)*\\n  name: k8s-upgrade-count-nodes$`, 'm'),
      );
  });

  it('is in the diagrams, on the reference pages, and in the lists of images', () => {
    expect(copy.read('docs/diagrams/k8s-upgrade.md')).to.include('count-nodes');
    expect(copy.read('docs/reference/steps.md')).to.include('\n## count-nodes\n');
    expect(copy.read('docs/security.md')).to.include('\n| `count-nodes` | ');
    expect(copy.read('README.md')).to.match(/for step in .* count-nodes .*; do\n/);
    expect(copy.read('.github/workflows/images.yaml')).to.include('\n          - count-nodes\n');
  });

  it('is had by hand', () => {
    expect(copy.run('src/cli/step.ts', 'count-nodes', '--help')).to.include('--max-unavailable');
  });

  it('lacks nothing that a test would name', () => {
    const files = TESTS.map((name) => `test/${name}.test.ts`);
    expect(copy.run('node_modules/mocha/bin/mocha.js', ...files)).to.match(/^ {2}\d+ passing/m);
  });

  it('takes as many files as the documents say', () => {
    expect(filesToEdit('A step', '<step>', 'count-nodes')).to.deep.equal(Object.keys(EDITS));
    for (const page of ['docs/extending.md', 'CONTRIBUTING.md'])
      expect(readFileSync(page, 'utf8')).to.match(/A step takes nine files by hand and a test/);
  });
});
