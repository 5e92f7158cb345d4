import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CopyOfSources, filesToEdit, insertBefore, type Edit } from '../support/copy-of-sources.ts';

const ADDON = `import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { rows, type Addon } from './addon.ts';

const RELEASES: Source = { url: 'https://example.com/releases', date: READ_ON };

export const sampleMesh: Addon = {
  name: 'sample-mesh',
  images: ['sample/mesh'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: RELEASES,
  matrix: rows(RELEASES, ['2.1', '1.33', '1.34']),
};
`;

const INDEX: Edit = (before) =>
  insertBefore(
    /^ {2}traefik,/m,
    '  sampleMesh,\n',
  )(insertBefore(/^import \{ traefik \}/m, "import { sampleMesh } from './sample-mesh.ts';\n")(before));

const EDITS: Readonly<Record<string, Edit>> = {
  'src/upgrade/gate/addons/sample-mesh.ts': () => ADDON,
  'src/upgrade/gate/addons/index.ts': INDEX,
};

const SCRIPT = `
  import { ADDONS } from './src/upgrade/gate/addons/index.ts';
  import { judgeAddons } from './src/upgrade/gate/addons/judge.ts';
  const workload = { kind: 'Deployment', namespace: 'mesh', name: 'mesh', images: ['docker.io/sample/mesh:v2.1.3'] };
  const jump = { running: { major: 1, minor: 34, patch: 1 }, target: { major: 1, minor: 35, patch: 1 } };
  console.log(JSON.stringify(judgeAddons(ADDONS, { known: true, value: [workload] }, jump, 'block')));
`;

describe('an addon that is added to the catalogue', function () {
  this.timeout(120_000);
  const copy = new CopyOfSources(EDITS);
  after(() => {
    copy.remove();
  });

  it('is judged by the gate', () => {
    const [finding, ...others] = copy.evaluate(SCRIPT) as { code: string; subject: string }[];
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ code: 'addon-ceiling', subject: 'sample-mesh' });
  });

  it('passes the tests of the catalogue', () => {
    expect(copy.run('node_modules/mocha/bin/mocha.js', 'test/upgrade/gate/addons-catalogue.test.ts')).to.include(
      'sample-mesh: floors that rise',
    );
  });

  it('takes as many files as the documents say', () => {
    expect(filesToEdit('An addon', '<addon>', 'sample-mesh')).to.deep.equal(Object.keys(EDITS));
    for (const page of ['docs/extending.md', 'CONTRIBUTING.md'])
      expect(readFileSync(page, 'utf8')).to.match(/An addon takes two files/);
  });
});
