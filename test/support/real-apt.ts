import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  parsePackages,
  packageProblems,
  packageScript,
  type PackageOptions,
} from '../../src/upgrade/prepare/packages.ts';
import { v } from './builders.ts';

interface Invented {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
}

/** What the invented repository offers. */
const OFFERED: readonly Invented[] = [
  ...['1.34.9', '1.34.10', '1.34.11'].flatMap((version): Invented[] => [
    { name: 'kubeadm', version: `${version}-1.1`, depends: 'cri-tools (>= 1.30.0)' },
    { name: 'kubelet', version: `${version}-1.1` },
    { name: 'kubectl', version: `${version}-1.1` },
  ]),
  { name: 'cri-tools', version: '1.34.0-1.1' },
];

const run = (program: string, args: readonly string[], input?: string): string =>
  execFileSync(program, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });

/** A signing key, and a repository that it signs. Made once, since that takes seconds. */
export class SignedRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'signed-'));
  readonly url = `copy:${this.root}/repository`;
  readonly folder = join(this.root, 'repository/v1.34/deb');
  readonly #gpg = ['--homedir', join(this.root, 'gpg'), '--batch', '--pinentry-mode', 'loopback', '--passphrase', ''];

  constructor() {
    mkdirSync(join(this.root, 'gpg'), { mode: 0o700 });
    mkdirSync(this.folder, { recursive: true });
    const stanzas = OFFERED.map((each) => this.#pack(each));
    writeFileSync(join(this.folder, 'Packages'), stanzas.join('\n'));
    this.newKey('first');
  }

  end(): void {
    spawnSync('gpgconf', ['--homedir', join(this.root, 'gpg'), '--kill', 'all']);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** From now on the repository is signed by a key of this name, and serves it. */
  newKey(name: string): void {
    run('gpg', [...this.#gpg, '--quick-generate-key', name, 'ed25519', 'sign', 'never']);
    writeFileSync(join(this.folder, 'Release.key'), run('gpg', [...this.#gpg, '--armor', '--export', name]));
    const packages = readFileSync(join(this.folder, 'Packages'));
    const digest = createHash('sha256').update(packages).digest('hex');
    const release = `Origin: invented\nDate: Mon, 01 Jan 2024 00:00:00 UTC\nSHA256:\n ${digest} ${packages.length} Packages\n`;
    const signed = run('gpg', [...this.#gpg, '--local-user', name, '--clearsign'], release);
    writeFileSync(join(this.folder, 'InRelease'), signed);
  }

  serveKey(text: string): void {
    writeFileSync(join(this.folder, 'Release.key'), text);
  }

  key = (): string => readFileSync(join(this.folder, 'Release.key'), 'utf8');

  #pack({ name, version, depends }: Invented): string {
    const at = join(this.root, 'build');
    mkdirSync(join(at, 'DEBIAN'), { recursive: true });
    const fields = [
      ...[`Package: ${name}`, `Version: ${version}`, 'Architecture: all', 'Maintainer: nobody <x@example.com>'],
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      ...['Description: invented'],
    ];
    writeFileSync(join(at, 'DEBIAN/control'), `${fields.join('\n')}\n`);
    mkdirSync(join(at, 'usr/bin'), { recursive: true });
    writeFileSync(join(at, 'usr/bin', name), '#!/bin/sh\necho registry.k8s.io/pause:3.10.1\n', { mode: 0o755 });
    const file = `${name}_${version}_all.deb`;
    run('dpkg-deb', ['--root-owner-group', '-Znone', '-b', at, join(this.folder, file)]);
    rmSync(at, { recursive: true });
    const deb = readFileSync(join(this.folder, file));
    const digest = createHash('sha256').update(deb).digest('hex');
    return `${[...fields, `Filename: ./${file}`, `Size: ${deb.length}`, `SHA256: ${digest}`].join('\n')}\n`;
  }
}

/** A folder that stands for a node whose apt and dpkg are the real ones. They read and write nothing outside of it. */
export class RealApt {
  readonly root = mkdtempSync(join(tmpdir(), 'apt-'));
  readonly repository: SignedRepository;
  readonly options: PackageOptions;

  constructor(repository: SignedRepository) {
    this.repository = repository;
    for (const folder of [
      ...[
        'etc/apt/sources.list.d',
        'etc/apt/apt.conf.d',
        'etc/apt/preferences.d',
        'etc/keyrings',
        'state/lists/partial',
      ],
      ...['cache/archives/partial', 'dpkg/info', 'dpkg/updates', 'inst', 'log', 'tmp', 'usr/local/bin', 'bin'],
    ])
      mkdirSync(join(this.root, folder), { recursive: true });
    this.options = {
      ...{ target: v('1.34.10'), repository: repository.url, imageRepository: undefined },
      sourceFile: this.path('etc/apt/sources.list.d/kubernetes.list'),
      keyringFile: this.path('etc/keyrings/kubernetes.asc'),
    };
    this.write('etc/apt/sources.list', '');
    this.write('etc/keyrings/kubernetes.asc', repository.key());
    this.write('bin/systemctl', '#!/bin/sh\n', 0o755);
    this.write(
      'apt.conf',
      [
        `Dir::Etc "${this.path('etc/apt')}/"; Dir::State "${this.path('state')}/"; Dir::Cache "${this.path('cache')}/";`,
        `Dir::State::status "${this.path('dpkg/status')}"; Dir::Log "${this.path('log')}/"; APT::Sandbox::User "root";`,
        `DPkg::Options { "--force-not-root"; "--admindir=${this.path('dpkg')}"; "--instdir=${this.path('inst')}"; "--log=${this.path('dpkg.log')}"; };`,
        'DPkg::Path ""; DPkg::Use-Pty "false";',
      ].join('\n'),
    );
    this.installed({ kubeadm: '1.34.9-1.1', kubelet: '1.34.9-1.1', kubectl: '1.34.9-1.1', 'cri-tools': '1.34.0-1.1' });
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  path = (name: string): string => join(this.root, name);

  write(name: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text, { mode });
  }

  has = (name: string): boolean => existsSync(this.path(name));

  /** The packages that dpkg has. `held`: the names of those that are held. */
  installed(packages: Readonly<Record<string, string>>, held: readonly string[] = []): void {
    const stanzas = Object.entries(packages).map(([name, version]) => {
      if (!this.has(`dpkg/info/${name}.list`)) this.write(`dpkg/info/${name}.list`, '');
      return `Package: ${name}\nStatus: ${held.includes(name) ? 'hold' : 'install'} ok installed\nMaintainer: x <x@example.com>\nArchitecture: all\nVersion: ${version}\nDescription: x\n`;
    });
    this.write('dpkg/status', stanzas.join('\n'));
  }

  version = (name: string): string => this.run(`dpkg-query -W -f '\${Version}' ${name}`).output;

  run(script: string): { readonly exitCode: number | null; readonly stdout: string; readonly output: string } {
    const here = script
      .replaceAll('/var/lib/argo-kubeadm-upgrade', this.path('jobs'))
      .replaceAll('/usr/local/', `${this.path('usr/local')}/`)
      .replaceAll(' /etc/apt/', ` ${this.path('etc/apt')}/`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', here], {
      encoding: 'utf8',
      env: {
        ...{ PATH: `${this.path('bin')}:/usr/sbin:/usr/bin:/sbin:/bin`, APT_CONFIG: this.path('apt.conf') },
        ...{ DPKG_ADMINDIR: this.path('dpkg'), TMPDIR: this.path('tmp'), LC_ALL: 'C' },
      },
    });
    return { exitCode: status, stdout, output: `${stdout}${stderr}`.trim() };
  }

  /** What `prepare` finds on this node. Paths and URLs of the test are shortened. */
  problems(about: Partial<PackageOptions> = {}): string[] {
    const options = { ...this.options, ...about };
    const { stdout, output } = this.run(packageScript(options));
    const seen = parsePackages(stdout, 'w1');
    if (!seen.known) throw new Error(`${seen.reason}: ${output}`);
    return packageProblems('w1', seen.value, options).map(({ text }) => this.short(text));
  }

  short = (text: string): string => text.replaceAll(this.repository.url, 'http://repo').replaceAll(this.root, '');
}
