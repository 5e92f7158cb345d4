import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const FOLDER = resolve(import.meta.dirname, '../.github/workflows');

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface WorkflowFile {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, text, workflow: parse(text) as WorkflowFile };
});
const jobs = files.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([job, body]) => ({ name: `${name}: ${job}`, ...body })),
);
const steps = jobs.flatMap(({ name, steps: each }) => each.map((step) => ({ job: name, ...step })));

describe('the workflows of GitHub', () => {
  it('use every action by the full hash of a commit, with its version beside it', () => {
    const lines = files.flatMap(({ name, text }) =>
      text
        .split('\n')
        .filter((line) => /\buses:/.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(lines.length).to.be.at.least(10);
    const pinned = /^\S+: (?:- )?uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(lines.filter((line) => !pinned.test(line))).to.deep.equal([]);
  });

  it('use one version of each action', () => {
    const used = new Set(steps.flatMap(({ uses }) => uses ?? []));
    expect(new Set([...used].map((uses) => uses.split('@')[0])).size).to.equal(used.size);
  });

  it('leave no credentials in a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).to.be.at.least(3);
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).to.deep.equal([]);
  });

  it('give a token no right but those that its job names', () => {
    for (const { name, workflow } of files) expect(workflow.permissions, name).to.deep.equal({});
    expect(Object.fromEntries(jobs.map(({ name, permissions }) => [name, permissions]))).to.deep.equal({
      'ci.yaml: check': { contents: 'read' },
      'ci.yaml: manifest-diff': { contents: 'read' },
      'ci.yaml: comment': { 'pull-requests': 'write' },
      'images.yaml: image': {
        contents: 'read',
        packages: 'write',
        'id-token': 'write',
        attestations: 'write',
      },
    });
  });

  it('run no code of a pull request where a token may write', () => {
    const writing = jobs.filter(
      ({ name, permissions }) => name.startsWith('ci.') && Object.values(permissions ?? {}).includes('write'),
    );
    for (const { name, steps: each } of writing) {
      expect(
        each.filter(({ uses }) => uses?.startsWith('actions/checkout@')),
        name,
      ).to.deep.equal([]);
      expect(each.map(({ run }) => run ?? '').join('\n'), name).to.not.match(/\bnp[mx]\b/);
    }
  });

  it('put no text from an event into a script', () => {
    expect(steps.filter(({ run }) => run?.includes('${{') === true)).to.deep.equal([]);
  });

  it('attach an SBOM and a signed provenance to every image', () => {
    const build = steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).to.include({ push: true, sbom: true, provenance: 'mode=max' });
    const attest = steps.find(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
    expect(attest?.with).to.deep.equal({
      'subject-name': 'ghcr.io/${{ github.repository }}/${{ matrix.step }}',
      'subject-digest': '${{ steps.build.outputs.digest }}',
      'push-to-registry': true,
    });
  });
});
