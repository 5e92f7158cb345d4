import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { subset } from 'semver';
import { parse } from 'yaml';
import { STEPS } from '../src/steps/catalog.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const steps = STEPS.map(({ name }) => name);
const { version, scripts } = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };

interface ImagesWorkflow {
  jobs: { image: { strategy: { matrix: { step: string[] } } } };
}

describe('a release', () => {
  it('builds an image for every step of the catalog, and for nothing else', () => {
    const { jobs } = parse(read('.github/workflows/images.yaml')) as ImagesWorkflow;
    expect(jobs.image.strategy.matrix.step).to.deep.equal(steps);
  });

  it('has a README that tells how to build exactly these images, at this version', () => {
    const loop = /for step in (.*); do/.exec(read('README.md'))?.[1]?.split(' ');
    expect(loop).to.deep.equal(steps);
    expect(read('README.md')).to.include(`argo-kubeadm-upgrade/$step:${version}`);
  });

  it('promises a Node that every package accepts', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    const refusing = Object.entries(packages).filter(
      ([, { engines: needs }]) => needs?.node !== undefined && !subset(engines.node, needs.node),
    );
    expect(refusing.map(([name, { engines: needs }]) => `${name} needs ${needs?.node ?? ''}`)).to.deep.equal([]);
    expect(engines.node).to.equal('^22.19.0 || >=24');
    for (const page of ['README.md', 'docs/quick-start.md'])
      expect(read(page), page).to.include('Node 22.19 or a later 22, or Node ≥ 24');
  });

  it('names in its documents only npm scripts that there are', () => {
    const documents = ['README.md', 'CONTRIBUTING.md', 'lab/README.md', '.ci/run', '.github/workflows/ci.yaml'];
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/npm run (?:-s )?([a-z][a-z0-9:-]*)/g)].map((match) => match[1] ?? ''),
    );
    expect(named).to.not.be.empty;
    expect(named.filter((script) => !(script in scripts))).to.deep.equal([]);
  });
});
