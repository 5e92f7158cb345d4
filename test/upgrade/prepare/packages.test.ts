import { expect } from 'chai';
import {
  packageProblems,
  packageScript,
  parsePackages,
  rotatedKey,
  type NodePackages,
  type PackageOptions,
} from '../../../src/upgrade/prepare/packages.ts';
import { notKnown } from '../../../src/upgrade/reading.ts';
import { v } from '../../support/builders.ts';
import { FakeMachine } from '../../support/fake-machine.ts';

const REPOSITORY = 'https://pkgs.k8s.io/core:/stable:';
const FOLDER = `${REPOSITORY}/v1.34/deb/`;

describe('fetching the packages of a node', () => {
  let machine: FakeMachine;
  let options: PackageOptions;
  beforeEach(() => {
    machine = new FakeMachine();
    options = {
      target: v('1.34.10'),
      repository: REPOSITORY,
      imageRepository: 'registry.k8s.io',
      sourceFile: machine.path('etc/sources.list.d/kubernetes.list'),
      keyringFile: machine.path('etc/kubernetes.asc'),
    };
    for (const folder of ['archives', 'lists']) machine.write(`${folder}/lock`, '');
    machine.write('etc/sources.list', 'deb http://deb.debian.org/debian bookworm main\n');
    machine.write('etc/sources.list.d/kubernetes.list', `deb ${REPOSITORY}/v1.33/deb/ /\n`);
    machine.write('etc/sources.list.d/again.sources', `URIs: ${REPOSITORY}/v1.33/deb/\n`);
    machine.write('etc/sources.list.d/docker.list', 'deb https://download.docker.com/linux/debian bookworm stable\n');
    machine.write('etc/kubernetes.asc', 'BEGIN PGP PUBLIC KEY BLOCK\n');
    machine.write('lists/debian_Packages', 'Package: conntrack\n');
    machine.write('lists/old_InRelease', 'x');
    machine.program('apt-helper', `for to; do :; done; echo 'BEGIN PGP PUBLIC KEY BLOCK' > "$to"`);
    machine.program(
      'apt-config',
      `printf "%s='%s'\\n" list $MACHINE/etc/sources.list parts $MACHINE/etc/sources.list.d lists $MACHINE/lists archives $MACHINE/archives`,
    );
    machine.program(
      'apt-get',
      // Anything else than a download would be seen outside.
      `case "$*" in
        *update*) ls "$MACHINE/prepare/apt/sources" > "$MACHINE/prepare/at-update"; cp "$MACHINE/prepare/apt/apt.conf" "$MACHINE/prepare/apt/kubernetes.list" "$MACHINE/prepare/" ;;
        *install*--download-only*)
          ls "$MACHINE/prepare/apt/sources" "$MACHINE/prepare/apt/lists" > "$MACHINE/prepare/at-install"
          for package in kubeadm kubelet kubectl; do echo deb > "$MACHINE/archives/\${package}_1.34.10-1.1_amd64.deb"; done ;;
        *indextargets*|*Dir::Bin::dpkg=*) ;;
        *) echo changed > "$MACHINE/installed" ;;
      esac`,
    );
    machine.program(
      'apt-cache',
      `for package; do :; done; printf ' %s | %s | x Packages\\n' $package 1.34.100-1.1 $package 1.34.10-2.1 $package 1.34.10-1.1 | sed 's/1.34.10-2.1/1.34.10-1.1/'`,
    );
    machine.program('dpkg', 'case $1 in --compare-versions) exec /usr/bin/dpkg "$@" ;; *) echo amd64 ;; esac');
    machine.program('systemctl', 'exit 0');
    machine.program('dpkg-query', `echo 'installed 1.34.9-1.1'`);
    machine.program(
      'dpkg-deb',
      `mkdir -p "$3/usr/bin"; printf '#!/bin/sh\\necho "kubeadm $*" >> "$MACHINE/calls"; echo registry.k8s.io/pause:3.10.1\\n' > "$3/usr/bin/kubeadm"; chmod 755 "$3/usr/bin/kubeadm"`,
    );
  });
  afterEach(() => {
    machine.end();
  });
  const fetched = (about: Partial<PackageOptions> = {}): NodePackages => {
    const { status, stdout, stderr } = machine.run(packageScript({ ...options, ...about }));
    const packages = parsePackages(stdout, 'w1');
    if (!packages.known) throw new Error(`${packages.reason}: exit code ${status ?? 'none'}, ${stderr}`);
    return packages.value;
  };
  const problems = (about: Partial<PackageOptions> = {}) =>
    packageProblems('w1', fetched(about), { ...options, ...about });

  it('fetches them and asks the kubeadm among them for its images', () => {
    const seen = fetched();
    expect(seen.versions).to.deep.equal({ kubeadm: '1.34.10-1.1', kubelet: '1.34.10-1.1', kubectl: '1.34.10-1.1' });
    expect(seen.fetched.map(({ file, bytes }) => `${file} ${bytes}`)).to.deep.equal(
      ['kubeadm', 'kubectl', 'kubelet'].map((name) => `${name}_1.34.10-1.1_amd64.deb 4`),
    );
    expect([seen.images, seen.failure]).to.deep.equal([['registry.k8s.io/pause:3.10.1'], undefined]);
    expect(packageProblems('w1', seen, options)).to.deep.equal([]);
    expect(rotatedKey('w1', seen, options.keyringFile)).to.equal(undefined);
    expect(machine.calls().find((call) => call.startsWith('kubeadm '))).to.equal(
      'kubeadm config images list --kubernetes-version v1.34.10 --image-repository registry.k8s.io',
    );
  });

  it('writes nothing outside its own folder and the cache of apt, and leaves nothing big in the former', () => {
    const before = machine.files();
    fetched();
    const outside = machine.changedSince(before).filter((name) => !name.startsWith('archives/'));
    expect(outside).to.deep.equal([
      'prepare/apt.conf',
      'prepare/at-install',
      'prepare/at-update',
      'prepare/kubernetes.list',
      'prepare/lock',
    ]);
    const written = new Set(['apt.conf', 'at-install', 'at-update', 'kubernetes.list']);
    // All but the lock was put there by the fakes of this test.
    expect(outside.map((name) => name.replace('prepare/', '')).filter((name) => !written.has(name))).to.deep.equal([
      'lock',
    ]);
  });

  it('has apt install nothing, and change holds only while it installs nothing', () => {
    fetched();
    const calls = machine.calls().filter((call) => call.startsWith('apt-get'));
    expect(calls.map((call) => call.replaceAll(machine.root, ''))).to.deep.equal([
      'apt-get -c /prepare/apt/apt.conf -q -o Dir::Etc::sourceparts=- update',
      'apt-get -c /prepare/apt/apt.conf -o Dir::Etc::sourceparts=/prepare/apt/sources indextargets',
      'apt-get -c /prepare/apt/apt.conf -q -y install --download-only --no-install-recommends --allow-change-held-packages kubeadm=1.34.10-1.1 kubelet=1.34.10-1.1 kubectl=1.34.10-1.1',
      ...['kubeadm=1.34.10-1.1', 'kubelet=1.34.10-1.1 kubectl=1.34.10-1.1'].map(
        (words) =>
          `apt-get -c /prepare/apt/apt.conf -o Dir::Bin::dpkg=/prepare/apt/dpkg -o Dir::State::extended_states=/prepare/apt/extended_states -q -y install --no-install-recommends --allow-change-held-packages ${words}`,
      ),
    ]);
    expect(machine.has('installed')).to.equal(false);
    expect(machine.calls().join('\n')).to.not.match(/apt-mark|dpkg (-i|--install|--unpack|--configure)/);
  });

  it('reads its own list alone, then the files of the node too, with packages.sourceFile as the job writes it', () => {
    fetched();
    const text = (name: string): string => machine.files().get(name)?.replace(/^\S+ /, '') ?? '';
    expect(text('prepare/kubernetes.list').replaceAll(machine.root, '')).to.equal(
      `deb [signed-by=/prepare/apt/key.asc] ${FOLDER} /\n`,
    );
    expect(text('prepare/at-update')).to.equal('');
    expect(text('prepare/at-install').replaceAll(machine.root, '').split('\n')).to.include.members([
      ...[
        '000-system-sources.list',
        'again.sources',
        'docker.list',
        'kubernetes.list',
        'debian_Packages',
        'old_InRelease',
      ],
    ]);
    expect(text('prepare/at-install')).to.not.match(/^lock$/m);
    const conf = text('prepare/apt.conf');
    for (const line of [
      'APT::Update::Error-Mode "any";',
      'APT::Get::AllowUnauthenticated "false";',
      'Acquire::AllowInsecureRepositories "false";',
      '#clear APT::Update::Post-Invoke-Success;',
      'Dir::Cache::pkgcache "";',
    ])
      expect(conf).to.include(line);
  });

  it('fetches nothing the second time, and takes the kubeadm that is installed when it is the one', () => {
    fetched();
    machine.program('dpkg-query', `echo 'installed 1.34.10-1.1'`);
    machine.program('kubeadm', 'echo registry.k8s.io/pause:3.10.1');
    machine.program('dpkg-deb', 'exit 1');
    const again = fetched();
    expect([again.fetched, again.images]).to.deep.equal([[], ['registry.k8s.io/pause:3.10.1']]);
  });

  it('asks no kubeadm when nobody asks for images', () => {
    expect(fetched({ imageRepository: undefined }).images).to.deep.equal([]);
    expect(machine.calls().join('\n')).to.not.match(/dpkg-deb|kubeadm config/);
  });

  it('tells a key that is another one than before, and goes by what it verifies', () => {
    machine.write('etc/kubernetes.asc', 'another');
    const seen = fetched();
    expect(packageProblems('w1', seen, options)).to.deep.equal([]);
    expect(rotatedKey('w1', seen, '/etc/k.asc')).to.equal(
      'w1: the repository serves another signing key (SHA-256 3d01888f36a7…) than /etc/k.asc (ae448ac86c4e…). Its index verifies by the new one; the upgrade will replace the file.',
    );
  });

  it('has nothing to compare where there is no key yet', () => {
    expect(rotatedKey('w1', fetched({ keyringFile: machine.path('none.asc') }), '/etc/k.asc')).to.equal(undefined);
  });

  const failing = (name: string, says: string): void => {
    machine.program(
      name,
      `printf '%s\\n' ${says
        .split('\n')
        .map((line) => `'${line.replaceAll("'", `'\\''`)}'`)
        .join(' ')} >&2; exit 100`,
    );
  };
  const TABLE: readonly [string, () => void, string, boolean][] = [
    [
      'a key that is not there',
      () => {
        failing(
          'apt-helper',
          `Err:1 ${FOLDER}Release.key\nE: Failed to fetch ${FOLDER}Release.key  404  Not Found\nE: Download Failed`,
        );
      },
      `w1 cannot fetch the signing key ${FOLDER}Release.key: E: Failed to fetch ${FOLDER}Release.key 404 Not Found E: Download Failed`,
      false,
    ],
    [
      'a mirror that is away',
      () => {
        failing(
          'apt-helper',
          'E: Failed to fetch x  Could not connect to 10.0.0.1:80 (10.0.0.1). - connect (111: Connection refused)',
        );
      },
      `w1 cannot fetch the signing key ${FOLDER}Release.key: E: Failed to fetch x Could not connect to 10.0.0.1:80 (10.0.0.1). - connect (111: Connection refused)`,
      true,
    ],
    [
      'a page instead of a key',
      () => {
        machine.program('apt-helper', `for to; do :; done; echo '<html>' > "$to"`);
      },
      `${FOLDER}Release.key, as w1 receives it, is no PGP public key. Check which server answers there.`,
      false,
    ],
    [
      'an index that the key does not verify',
      () => {
        failing(
          'apt-get',
          `W: GPG error: x InRelease: The following signatures were invalid: BADSIG 1\nE: The repository 'x InRelease' is not signed.`,
        );
      },
      `${FOLDER} does not verify on w1, by the key that it serves: W: GPG error: x InRelease: The following signatures were invalid: BADSIG 1 E: The repository 'x InRelease' is not signed. Nothing from it is used.`,
      false,
    ],
    [
      'an index that cannot be fetched at this moment',
      () => {
        failing('apt-get', 'E: Failed to fetch x  503  Service Unavailable [IP: 10.0.0.1 80]');
      },
      `w1 cannot read the package repository ${FOLDER}: E: Failed to fetch x 503 Service Unavailable [IP: 10.0.0.1 80]`,
      true,
    ],
    [
      'a version that is not offered',
      () => {
        machine.program('apt-cache', `printf 'kubeadm | %s | x\\n' 1.34.9-1.1 1.34.8-1.1`);
      },
      `${FOLDER} has no kubeadm 1.34.10-* for w1; the newest offered there is 1.34.9-1.1.`,
      false,
    ],
    [
      'no versions at all',
      () => {
        machine.program('apt-cache', 'exit 0');
      },
      `${FOLDER} has no kubeadm 1.34.10-* for w1; the newest offered there is none.`,
      false,
    ],
    [
      'a package that is not what the index says',
      () => {
        machine.program(
          'apt-get',
          `case "$*" in *install*) echo 'E: Failed to fetch x.deb  Hash Sum mismatch' >&2; exit 100 ;; esac`,
        );
      },
      'w1 cannot fetch kubeadm, kubelet and kubectl 1.34.10: E: Failed to fetch x.deb Hash Sum mismatch',
      false,
    ],
    [
      'a dependency that is nowhere',
      () => {
        machine.program(
          'apt-get',
          `case "$*" in *install*) echo ' kubelet : Depends: conntrack but it is not installable'; echo 'E: Unable to correct problems, you have held broken packages.' >&2; exit 100 ;; esac`,
        );
      },
      'w1 cannot fetch kubeadm, kubelet and kubectl 1.34.10: kubelet : Depends: conntrack but it is not installable E: Unable to correct problems, you have held broken packages. See which packages are held there: apt-mark showhold',
      false,
    ],
    [
      'a package manager that holds the lock for too long',
      () => {
        machine.program(
          'apt-get',
          `case "$*" in *install*) echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)' >&2; exit 100 ;; esac`,
        );
      },
      'w1 cannot fetch kubeadm, kubelet and kubectl 1.34.10: E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)',
      true,
    ],
    [
      'an earlier attempt that is still at work',
      () => {
        machine.program('flock', 'exit 1');
      },
      'An earlier attempt to fetch packages is still running on w1.',
      true,
    ],
    [
      'a kubeadm that does not start',
      () => {
        machine.program('dpkg-deb', 'echo cannot unpack >&2; exit 2');
      },
      'The kubeadm of v1.34.10 does not list its images on w1: cannot unpack To skip this check, set prepare.images: off',
      false,
    ],
  ];
  for (const [what, spoil, text, mayPass] of TABLE)
    it(`says so of ${what}, ${mayPass ? 'which may pass' : 'which is final'}`, () => {
      spoil();
      expect(problems()).to.deep.equal([{ text, mayPass }]);
      expect(machine.has('installed')).to.equal(false);
    });

  it('is not done when its script was cut short', () => {
    const { stdout } = machine.run(packageScript(options));
    expect(parsePackages(stdout.replace(/@prepare end.*\n$/, ''), 'w1')).to.deep.equal(
      notKnown('fetching packages on w1 did not reach its end'),
    );
  });

  it('is not done when nothing was said of a package', () => {
    const { kubeadm = '', kubectl = '' } = fetched().versions;
    const versions = { kubeadm, kubectl };
    expect(packageProblems('w1', { ...fetched(), versions }, options)).to.deep.equal([
      { text: 'The check of w1 did not report kubelet 1.34.10.', mayPass: false },
    ]);
  });

  it('runs nothing that stands in a setting', () => {
    const evil = `$(touch ${machine.path('evil')})\`touch ${machine.path('evil')}\`'"; touch ${machine.path('evil')}`;
    fetched({ repository: evil, sourceFile: evil, keyringFile: evil, imageRepository: evil });
    expect(machine.has('evil')).to.equal(false);
  });
});
