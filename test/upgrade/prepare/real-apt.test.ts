import { expect } from 'chai';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { nodeCommands } from '../../../src/upgrade/host/node-commands.ts';
import { offeredPackages } from '../../../src/upgrade/host/offered-packages.ts';
import { parseMadison } from '../../../src/upgrade/kubernetes/package-list.ts';
import type { PackageOptions } from '../../../src/upgrade/prepare/packages.ts';
import { RealApt, SignedRepository } from '../../support/real-apt.ts';

/** What `prepare` says and what the job then does, by the real apt and dpkg, on a signed repository of invented packages. */
describe('prepare meets with the real apt what the job would meet on the drained node', () => {
  let repository: SignedRepository;
  let node: RealApt;
  before(() => {
    repository = new SignedRepository();
  });
  after(() => {
    repository.end();
  });
  beforeEach(() => {
    node = new RealApt(repository);
    node.write('etc/apt/sources.list.d/kubernetes.list', list('etc/keyrings/kubernetes.asc'));
  });
  afterEach(() => {
    node.end();
  });
  const list = (key: string): string => `deb [signed-by=${node.path(key)}] ${repository.url}/v1.34/deb/ /\n`;
  const deb822 = (key: string, url = `${repository.url}/v1.34/deb/`): string =>
    `Types: deb\nURIs: ${url}\nSuites: /\nSigned-By: ${node.path(key)}\n`;

  /** The names of the commands of the job that fail, with what they print. */
  const jobFailures = (about: Partial<PackageOptions> = {}): string[] => {
    const commands = nodeCommands({
      ...node.options,
      ...about,
      role: 'worker',
      ignorePreflightErrors: [],
      skipPhases: [],
      packagesTimeoutSeconds: 900,
      kubeadmTimeoutSeconds: 1800,
    });
    return commands
      .filter(({ name }) => name.includes('package'))
      .flatMap(({ name, script }) => {
        const { exitCode, output } = node.run(script);
        return exitCode === 0 ? [] : [`${name}: ${output}`];
      });
  };

  it('nothing, on most nodes', () => {
    expect(node.problems()).to.deep.equal([]);
    expect(node.version('kubeadm')).to.equal('1.34.9-1.1');
    expect(jobFailures()).to.deep.equal([]);
    expect(['kubeadm', 'kubelet', 'kubectl'].map(node.version)).to.deep.equal(Array(3).fill('1.34.10-1.1'));
  });

  it('nothing, where packages.sourceFile is a deb822 file', () => {
    node.write('etc/apt/sources.list.d/kubernetes.list', '');
    node.write('etc/apt/sources.list.d/k8s.sources', deb822('etc/keyrings/k8s.gpg'));
    const about = { sourceFile: node.path('etc/apt/sources.list.d/k8s.sources') };
    expect([node.problems(about), jobFailures(about)]).to.deep.equal([[], []]);
    expect(node.version('kubelet')).to.equal('1.34.10-1.1');
  });

  it('nothing, where a second file names the repository with the same key', () => {
    node.write('etc/apt/sources.list.d/again.sources', deb822('etc/keyrings/kubernetes.asc'));
    expect([node.problems(), jobFailures()]).to.deep.equal([[], []]);
  });

  it('nothing, where a second file names another minor with another key', () => {
    const other = deb822('etc/keyrings/k8s.gpg', `${repository.url}/v1.33/deb/`);
    node.write('etc/apt/sources.list.d/k8s.sources', other);
    expect([node.problems(), jobFailures()]).to.deep.equal([[], []]);
  });

  const SECOND: readonly [string, (key: string) => string][] = [
    ['etc/apt/sources.list.d/k8s.sources', deb822],
    ['etc/apt/sources.list.d/a-name.list', list],
  ];
  for (const [name, text] of SECOND)
    it(`a second file for the same repository with another key: ${name}`, () => {
      node.write(name, text('etc/keyrings/k8s.gpg'));
      const says =
        'E: Conflicting values set for option Signed-By regarding source http://repo/v1.34/deb/ /: /etc/keyrings/k8s.gpg != /etc/keyrings/kubernetes.asc E: The list of sources could not be read.';
      const [problem = '', ...others] = node.problems();
      expect(others).to.deep.equal([]);
      const sorted = (sentence: string): string =>
        sentence.replace(/: (\S+) != (\S+) E:/, (_, a, b) => `: ${[a, b].sort().join()} E:`);
      expect(sorted(problem)).to.equal(
        sorted(
          `w1: /${name} names the same repository with another key: ${says} Once the upgrade has written /etc/apt/sources.list.d/kubernetes.list, every apt command would fail there. To mend it, set packages.sourceFile: /${name}, or take that repository out of /${name}.`,
        ),
      );
      expect(jobFailures().join()).to.include('Conflicting values set for option Signed-By');
    });

  it('the repository in sources.list itself, which is no file to hand over', () => {
    node.write('etc/apt/sources.list', list('etc/keyrings/k8s.gpg'));
    expect(node.problems()[0]).to.match(
      /^w1: \/etc\/apt\/sources\.list names the same repository with another key: .* To mend it, take that repository out of \/etc\/apt\/sources\.list\.$/,
    );
  });

  it('a source file that apt cannot read at all', () => {
    node.write('etc/apt/sources.list.d/broken.list', 'deb nonsense\n');
    expect(node.problems()).to.deep.equal([
      'apt on w1 cannot read /etc/apt/sources.list.d/broken.list: E: Malformed entry 1 in list file /etc/apt/sources.list.d/broken.list (Suite) E: The list of sources could not be read. Repair that file there.',
    ]);
  });

  it('a package that is newer than the target', () => {
    node.installed({ kubeadm: '1.34.9-1.1', kubelet: '1.34.9-1.1', kubectl: '1.34.11-1.1', 'cri-tools': '1.34.0-1.1' });
    expect(node.problems()).to.deep.equal([
      'kubectl 1.34.11-1.1 on w1 is newer than 1.34.10-1.1, which the upgrade installs, and an upgrade downgrades no package. Downgrade it there: apt-get install --allow-downgrades --allow-change-held-packages kubectl=1.34.10-1.1 && apt-mark hold kubeadm kubelet kubectl',
    ]);
    expect(jobFailures().join()).to.include('Packages were downgraded and -y was used without --allow-downgrades.');
  });

  it('nothing, where a worker goes back', () => {
    const newer = '1.34.11-1.1';
    node.installed({ kubeadm: newer, kubelet: newer, kubectl: newer, 'cri-tools': '1.34.0-1.1' });
    expect(node.problems({ direction: 'back' })).to.deep.equal([]);
    expect(node.version('kubelet')).to.equal(newer);
  });

  it('held dependencies, with the reason that apt gives', () => {
    const at = '1.34.9-1.1';
    node.installed({ kubeadm: at, kubelet: at, kubectl: at, 'cri-tools': '1.29.0-1.1' }, ['cri-tools']);
    const [problem = '', ...others] = node.problems();
    expect(others).to.deep.equal([]);
    expect(problem).to.match(
      /^w1 cannot fetch kubeadm, kubelet and kubectl 1\.34\.10: kubeadm : Depends: cri-tools \(>= 1\.30\.0\) but 1\.29\.0-1\.1 is to be installed E: Unable to correct problems, you have held broken packages\. See which packages are held there: apt-mark showhold$/,
    );
  });

  it('no hook of an update, since neither of them runs one', () => {
    for (const hook of ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success'])
      node.write(`etc/apt/apt.conf.d/${hook}`, `APT::Update::${hook} { "touch ${node.path('hooked')}; exit 1"; };`);
    expect([node.problems(), jobFailures(), node.has('hooked')]).to.deep.equal([[], [], false]);
  });

  it('a hook of dpkg that fails, and installs nothing', () => {
    node.write('etc/apt/apt.conf.d/50hook', 'DPkg::Pre-Invoke { "echo no space; exit 1"; };');
    expect(node.problems()).to.deep.equal([
      "A rehearsal of the installation of kubeadm, kubelet and kubectl 1.34.10 failed on w1, so the upgrade would fail there as well: E: Problem executing scripts DPkg::Pre-Invoke 'echo no space; exit 1' E: Sub-process returned an error code",
    ]);
    expect(node.version('kubeadm')).to.equal('1.34.9-1.1');
  });

  for (const tool of ['kubeadm', 'kubelet'])
    it(`${tool} in /usr/local/bin, which hides that of the package`, () => {
      node.write(`usr/local/bin/${tool}`, '#!/bin/sh\n', 0o755);
      expect(node.problems()).to.deep.equal([
        `/usr/local/bin/${tool} on w1 hides /usr/bin/${tool} of the package. The upgrade would run the old program. Move it away there: mv /usr/local/bin/${tool} /usr/local/bin/${tool}.old`,
      ]);
    });

  it('a kubelet.service that runs another kubelet', () => {
    node.write(
      'bin/systemctl',
      "#!/bin/sh\necho 'ExecStart={ path=/opt/bin/kubelet ; argv[]=/opt/bin/kubelet }'\n",
      0o755,
    );
    expect(node.problems()).to.deep.equal([
      'The unit kubelet.service on w1 runs /opt/bin/kubelet, expected /usr/bin/kubelet of the package. An upgrade of the package would not change it. See: systemctl cat kubelet',
    ]);
  });

  it('a packages.sourceFile that apt does not read', () => {
    const about = { sourceFile: node.path('elsewhere/kubernetes.list') };
    expect(node.problems(about)).to.deep.equal([
      'packages.sourceFile is /elsewhere/kubernetes.list, and apt on w1 reads source files in /etc/apt/sources.list.d only. Name a file in that folder.',
    ]);
  });
});

describe('detection asks with the real apt', () => {
  let repository: SignedRepository;
  let node: RealApt;
  beforeEach(() => {
    repository = new SignedRepository();
    node = new RealApt(repository);
  });
  afterEach(() => {
    node.end();
    repository.end();
  });
  const asked = (): { exitCode: number | null; versions: string[]; output: string } => {
    const { exitCode, stdout, output } = node.run(offeredPackages(node.options.sourceFile));
    const versions = parseMadison(stdout, 'kubeadm').map(formatKubeVersion);
    return { exitCode, versions, output: node.short(output) };
  };
  const VERSIONS = ['1.34.11', '1.34.10', '1.34.9'];
  const url = (): string => `${repository.url}/v1.34/deb/`;
  const key = (): string => node.path('etc/keyrings/kubernetes.asc');

  for (const [format, file, text] of [
    ['one-line', 'kubernetes.list', () => `deb [signed-by=${key()}] ${url()} /\n`],
    ['deb822', 'kubernetes.sources', () => `Types: deb\nURIs: ${url()}\nSuites: /\nSigned-By: ${key()}\n`],
  ] as const)
    it(`in the ${format} format, also when the repository has another key, which verifies`, () => {
      node.write(`etc/apt/sources.list.d/${file}`, text());
      const script = offeredPackages(node.path(`etc/apt/sources.list.d/${file}`));
      const versions = (): string[] => parseMadison(node.run(script).stdout, 'kubeadm').map(formatKubeVersion);
      expect(versions()).to.deep.equal(VERSIONS);
      repository.newKey('second');
      expect(versions()).to.deep.equal(VERSIONS);
      expect(node.run(script).output)
        .to.match(/NO_PUBKEY [0-9A-F]+/)
        .and.include('@key-replaced');
    });

  it("and keeps apt's key error when no key verifies", () => {
    node.write('etc/apt/sources.list.d/kubernetes.list', `deb [signed-by=${key()}] ${url()} /\n`);
    const first = repository.key();
    repository.newKey('second');
    repository.serveKey(first);
    const { exitCode, versions, output } = asked();
    expect([exitCode, versions]).to.deep.equal([100, []]);
    expect(output)
      .to.match(/NO_PUBKEY [0-9A-F]+/)
      .and.include('is not signed.');
  });

  it('and runs no hook', () => {
    node.write('etc/apt/sources.list.d/kubernetes.list', `deb [signed-by=${key()}] ${url()} /\n`);
    node.write('etc/apt/apt.conf.d/hook', 'APT::Update::Post-Invoke-Success { "exit 1"; };');
    expect(asked()).to.include({ exitCode: 0 });
  });

  it('and names the files that name a Kubernetes repository where there is no packages.sourceFile', () => {
    node.write('etc/apt/sources.list.d/k8s.sources', `Types: deb\nURIs: ${url()}\nSuites: /\nSigned-By: ${key()}\n`);
    expect(asked()).to.deep.equal({ exitCode: 66, versions: [], output: '/etc/apt/sources.list.d/k8s.sources' });
  });
});
