import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { bundle, packagesOf } from '../../src/cli/bundle-steps.ts';
import { EXIT } from '../../src/contract/exit-code.ts';
import type { StepContract } from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Allowance {
  readonly packages: readonly string[];
  /** Whether a step may hold them, and what they import themselves. */
  readonly to: (step: StepContract) => boolean;
}

const hasInput =
  (name: string) =>
  ({ inputs }: StepContract): boolean =>
    Object.hasOwn(inputs, name);
const isOneOf =
  (...names: readonly string[]) =>
  ({ name }: StepContract): boolean =>
    names.includes(name);

const ALLOWANCES: readonly Allowance[] = [
  // The formats of inputs that are JSON.
  { packages: ['ipaddr.js'], to: () => true },
  { packages: ['@kubernetes/client-node', 'undici', 'semver'], to: ({ access }) => access.length > 0 },
  { packages: ['ssh2'], to: ({ ssh }) => ssh },
  // It reads the public part of the key that it puts into the Secret.
  { packages: ['ssh2'], to: isOneOf('switch-ssh-key') },
  { packages: ['prom-client'], to: hasInput('pushgatewayUrl') },
  { packages: ['@slack/webhook'], to: hasInput('slack') },
  { packages: ['temporal-polyfill'], to: hasInput('maintenance') },
  // What kubeadm and its components read on a node, and in kubeadm-config.
  { packages: ['yaml'], to: isOneOf('gate', 'preflight', 'prepare', 'doctor') },
];

/** A package with all that it depends on. Packages that are not installed are optional. */
function withDependencies(name: string, found = new Set<string>()): ReadonlySet<string> {
  const manifest = join(ROOT, 'node_modules', name, 'package.json');
  if (found.has(name) || !existsSync(manifest)) return found;
  found.add(name);
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const dependency of Object.keys(dependencies)) withDependencies(dependency, found);
  return found;
}

/** The packages that a bundle holds and that its step may not have. */
function excess(step: StepContract, packages: readonly string[]): string[] {
  const allowed = ALLOWANCES.filter(({ to }) => to(step)).flatMap((each) =>
    each.packages.flatMap((name) => [...withDependencies(name)]),
  );
  return packages.filter((name) => !allowed.includes(name));
}

describe('the bundles of the steps', function () {
  this.timeout(120_000);
  let held: ReadonlyMap<string, readonly string[]>;
  before(async () => {
    held = await packagesOf(STEPS.map(({ name }) => name));
  });

  for (const step of STEPS)
    it(`${step.name} holds no package that it does not need`, () => {
      expect(excess(step, held.get(step.name) ?? [])).to.be.empty;
    });

  it('allow no package that no step holds', () => {
    const all = [...held.values()].flat();
    expect(ALLOWANCES.flatMap(({ packages }) => packages).filter((name) => !all.includes(name))).to.be.empty;
  });

  it('refuse SSH in drain and a client of the API in keep-snapshot', () => {
    const step = (name: string): StepContract => STEPS.find((each) => each.name === name) as StepContract;
    expect(excess(step('drain'), ['undici', 'ssh2'])).to.deep.equal(['ssh2']);
    expect(excess(step('keep-snapshot'), ['ipaddr.js', 'undici'])).to.deep.equal(['undici']);
  });
});

describe('bundle', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  before(() => bundle(['keep-snapshot', 'finish-operation'], folder));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  it('writes a program in lines that are short, which names no source map', () => {
    const lines = read('finish-operation.cjs').split('\n');
    expect(lines.length).to.be.greaterThan(1000);
    expect(read('finish-operation.cjs')).to.not.include('sourceMappingURL');
  });

  it('writes a source map without the sources', () => {
    const map = JSON.parse(read('keep-snapshot.cjs.map')) as { sources: string[]; sourcesContent?: unknown };
    expect(map.sources.some((source) => source.endsWith('src/steps/keep-snapshot/main.ts'))).to.equal(true);
    expect(map.sourcesContent).to.equal(undefined);
  });

  it('keeps a step without a cluster below 100 kB', () => {
    expect(statSync(join(folder, 'keep-snapshot.cjs')).size).to.be.lessThan(100_000);
  });

  it('writes the licence of each package in a bundle', async () => {
    const names = (await packagesOf(['finish-operation'])).get('finish-operation') ?? [];
    const text = read('finish-operation.licenses.txt');
    for (const name of names) expect(text, name).to.include(`==== ${name} `);
    expect(text).to.match(/Copyright .* Slack|Slack Technologies/);
    const sections = text.split(/^==== .* ====$/m).slice(1);
    expect(sections.filter((section) => section.trim().length < 100)).to.be.empty;
  });
});

/** Both talk to the API server, and doctor has most adapters. */
const WITH_CLUSTER = ['drain', 'doctor'];

describe('the bundle of a step with a cluster', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bundles-'));
    await bundle(WITH_CLUSTER, folder);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const step of WITH_CLUSTER) {
    it(`of ${step} has none of the generated classes of client-node`, () => {
      const code = readFileSync(join(folder, `${step}.cjs`), 'utf8');
      expect(code).to.include('KubeConfig');
      expect(code).to.not.match(/attributeTypeMap|ObjectSerializer|CoreV1Api/);
    });

    it(`of ${step} is a program that runs`, () => {
      const { status, stderr } = spawnSync(process.execPath, [join(folder, `${step}.cjs`)], { encoding: 'utf8' });
      expect(stderr).to.not.match(/ReferenceError|TypeError|SyntaxError/);
      expect(status).to.equal(EXIT.BadInput);
    });
  }
});
