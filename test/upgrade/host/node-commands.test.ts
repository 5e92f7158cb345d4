import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import type { NodeCommand } from '../../../src/upgrade/host/node-command.ts';
import { nodeCommands, type NodeUpgrade } from '../../../src/upgrade/host/node-commands.ts';
import { NODE_ROLES, type NodeRole } from '../../../src/upgrade/node/order.ts';
import { expectGolden } from '../../support/golden.ts';
import { runs } from '../../support/long.ts';

const upgradeOf = (role: NodeRole, target: string): NodeUpgrade => ({
  role,
  target: parseKubeVersion(target),
  repository: 'https://pkgs.k8s.io/core:/stable:',
  sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
  keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
  ignorePreflightErrors: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
  skipPhases: ['addon/coredns'],
  packagesTimeoutSeconds: 900,
  kubeadmTimeoutSeconds: 1800,
});

const told = ({ name, why, script, alreadyDone, timeoutSeconds, mayPass }: NodeCommand): string =>
  [
    `# ${name}: ${why}`,
    `# at most ${timeoutSeconds} s; a failure ${mayPass ? 'may pass' : 'stays'}`,
    script,
    ...(alreadyDone === undefined ? [] : ['# done already, if this ends with 0', alreadyDone]),
    '',
  ].join('\n');

const scriptOf = (name: string, upgrade: NodeUpgrade): string =>
  nodeCommands(upgrade).find((command) => command.name === name)?.script ?? '';

/** Exit code and complaint of `sh -n`, which reads a script and runs nothing. */
function syntax(script: string): string {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  return `${status ?? 'killed'} ${stderr}`;
}

describe('the commands of a node', () => {
  const GOLDEN: readonly [NodeRole, string][] = [
    ...NODE_ROLES.map((role): [NodeRole, string] => [role, '1.34.10']),
    ['first-control-plane', '1.35.0'],
    // kubeadm knows no --skip-phases yet.
    ['first-control-plane', '1.31.14'],
  ];
  for (const [role, target] of GOLDEN)
    it(`for a ${role} to ${target} are these, in this order`, () => {
      const file = new URL(`golden/${role}-to-${target}.txt`, import.meta.url);
      expectGolden(file, nodeCommands(upgradeOf(role, target)).map(told).join('\n'));
    });

  it("for a worker back to 1.34.9 are these: the cluster's configuration stays where it is", () => {
    const back = nodeCommands({ ...upgradeOf('worker', '1.34.9'), direction: 'back' });
    expectGolden(new URL('golden/worker-back-to-1.34.9.txt', import.meta.url), back.map(told).join('\n'));
  });

  it('are scripts that a POSIX shell can read, whatever the settings', () => {
    const odd = fc.string({ unit: fc.constantFrom(...`'"\\$\`;&|<>()*~# \nab/`.split('')), minLength: 1 });
    const names = fc.array(odd, { maxLength: 2 });
    const settings = fc.record({
      repository: odd,
      sourceFile: odd,
      keyringFile: odd,
      ignorePreflightErrors: names,
      skipPhases: names,
    });
    fc.assert(
      fc.property(fc.constantFrom(...NODE_ROLES), settings, (role, some) => {
        const scripts = nodeCommands({ ...upgradeOf(role, '1.34.10'), ...some }).flatMap(
          ({ script, alreadyDone = '' }) => [script, alreadyDone],
        );
        expect(syntax(scripts.join('\n'))).to.equal('0 ');
      }),
      runs(40),
    );
  });

  it('give kubeadm the directory of patches on each node, and none without the setting', () => {
    const kubeadmPatches = '/etc/kubernetes/patches';
    for (const role of NODE_ROLES) {
      const upgrade = upgradeOf(role, '1.34.10');
      const last = (some: NodeUpgrade): string => scriptOf('kubeadm upgrade', some).split('\n').at(-1) ?? '';
      expect(last({ ...upgrade, kubeadmPatches })).to.match(
        /^kubeadm upgrade (apply|node) .*--patches=\/etc\/kubernetes\/patches$/,
      );
      expect(last(upgrade)).not.to.include('--patches');
    }
  });

  it('run nothing that stands in a setting', () => {
    const evil = '/x$(touch /nowhere/a)`touch b`;touch c\'"|touch d';
    const upgrade = { ...upgradeOf('worker', '1.34.10'), repository: evil, sourceFile: evil, keyringFile: evil };
    const all = { ...upgrade, ignorePreflightErrors: [evil], skipPhases: [evil], kubeadmPatches: evil };
    // Every word is printed instead of run: what would be run beside it leaves a trace in what is printed.
    const stubs = ['install', 'rm', 'grep', 'chmod', 'mv', 'apt-get', 'kubeadm', 'dirname'];
    const script = ['package source', 'kubeadm upgrade']
      .map((name) => scriptOf(name, all))
      .join('\n')
      .replaceAll('/usr/lib/apt/apt-helper', 'apt_helper')
      .replaceAll(/ > .*\.new$/gm, '');
    const functions = [...stubs.filter((stub) => stub !== 'apt-get'), 'apt_helper']
      .map((stub) => `${stub}() { :; }`)
      .join('\n');
    const harmless = script.replaceAll('apt-get', 'apt_get');
    const traced = `touch() { echo TOUCHED; }\napt_get() { :; }\n${functions}\n${harmless}`;
    const { stdout, status } = spawnSync('sh', ['-c', traced], { encoding: 'utf8' });
    expect(stdout).to.not.include('TOUCHED\n');
    expect(status).to.equal(0);
  });

  it('leave etcd alone only when they are told so', () => {
    const script = (leaveEtcd: boolean): string =>
      scriptOf('kubeadm upgrade', { ...upgradeOf('control-plane', '1.34.10'), leaveEtcd });
    expect(script(true)).to.match(/\nkubeadm upgrade node .* --etcd-upgrade=false$/);
    expect(script(false)).to.not.include('etcd-upgrade');
  });

  describe('tell that they are done', () => {
    /** What the check ends with where dpkg, kubectl and the files say what the test says. */
    const check = (name: string, stubs: string, files: Record<string, string> = {}): number | null => {
      const dir = mkdtempSync(join(tmpdir(), 'node-commands-'));
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, file)), { recursive: true });
        writeFileSync(join(dir, file), text);
      }
      const upgrade = upgradeOf('first-control-plane', '1.34.10');
      const command = nodeCommands(upgrade).find((each) => each.name === name);
      const script = (command?.alreadyDone ?? 'exit 99')
        .replaceAll('/var/lib/', `${dir}/var/lib/`)
        .replaceAll('/etc/kubernetes/manifests', `${dir}/etc/kubernetes/manifests`)
        .replaceAll('dpkg-query', 'dpkg_query');
      const { status } = spawnSync('sh', ['-c', `${stubs}\n${script}`], { encoding: 'utf8' });
      rmSync(dir, { recursive: true });
      return status === 99 ? null : status === 0 ? 0 : 1;
    };
    const dpkg = (...says: string[]): string =>
      `dpkg_query() { case "$4" in kubelet|kubeadm) printf '%s' '${says[0] ?? ''}' ;; *) printf '%s' '${says[1] ?? ''}' ;; esac; }`;

    const PACKAGES: readonly [string, number, readonly string[]][] = [
      ['installed and held, at the target', 0, ['hi 1.34.10-1.1', 'hi 1.34.10-1.1']],
      ['one not held', 1, ['hi 1.34.10-1.1', 'ii 1.34.10-1.1']],
      ['one half-installed', 1, ['hF 1.34.10-1.1', 'hi 1.34.10-1.1']],
      ['at another version that begins alike', 1, ['hi 1.34.1-1.1', 'hi 1.34.10-1.1']],
      ['at another version that goes on alike', 1, ['hi 1.34.100-1.1', 'hi 1.34.100-1.1']],
      ['not there', 1, ['', '']],
    ];
    for (const [what, status, says] of PACKAGES)
      it(`of packages ${what}: ${status === 0 ? 'done' : 'to do'}`, () => {
        expect(check('kubelet and kubectl packages', dpkg(...says))).to.equal(status);
      });

    const manifest = (component: string, tag: string): [string, string] => [
      `etc/kubernetes/manifests/${component}.yaml`,
      `spec:\n  containers:\n  - image: registry.k8s.io/${component}:${tag}\n    image: registry.k8s.io/${component}:${tag}\n`,
    ];
    const FINISHED = 'var/lib/argo-kubeadm-upgrade/argo-kubeadm-upgrade-v1.34.10-1/finished';
    const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
    const there = (...tags: string[]): Record<string, string> => ({
      [FINISHED]: 'package source\nkubeadm upgrade\n',
      ...Object.fromEntries(MANIFESTS.map((component, index) => manifest(component, tags[index] ?? 'v1.34.10'))),
    });
    const kubectl = (version: string): string => `kubectl() { printf 'data:\\n    kubernetesVersion: ${version}\\n'; }`;
    const unfinished = Object.fromEntries(Object.entries(there()).filter(([file]) => file !== FINISHED));
    const KUBEADM: readonly [string, number, string, Record<string, string>][] = [
      ['seen to end well, and all at the target', 0, kubectl('v1.34.10'), there()],
      ['that nobody has seen end well', 1, kubectl('v1.34.10'), unfinished],
      [
        'that ended well for another command only',
        1,
        kubectl('v1.34.10'),
        { ...there(), [FINISHED]: 'kubeadm package\n' },
      ],
      ['with a static pod behind', 1, kubectl('v1.34.10'), there('v1.34.10', 'v1.34.9')],
      ['with a static pod at a version that goes on alike', 1, kubectl('v1.34.10'), there('v1.34.100')],
      ['with the configuration behind', 1, kubectl('v1.34.9'), there()],
      ['with an API server that does not answer', 1, 'kubectl() { return 1; }', there()],
      ['without manifests', 1, kubectl('v1.34.10'), { [FINISHED]: 'kubeadm upgrade\n' }],
    ];
    for (const [what, status, stub, files] of KUBEADM)
      it(`of kubeadm ${what}: ${status === 0 ? 'done' : 'to do'}`, () => {
        expect(check('kubeadm upgrade', stub, files)).to.equal(status);
      });

    it('of what is as cheap as asking: never', () => {
      expect(check('package source', '')).to.equal(null);
      expect(check('kubelet restart', '')).to.equal(null);
    });
  });

  it('give kubeadm the time of the settings, and never try it twice by themselves', () => {
    const upgrade = nodeCommands(upgradeOf('worker', '1.34.10')).find(({ name }) => name === 'kubeadm upgrade');
    expect([upgrade?.timeoutSeconds, upgrade?.mayPass]).to.deep.equal([1800, false]);
  });

  it('leave flags out that nothing stands behind', () => {
    const bare = { ...upgradeOf('worker', '1.34.10'), ignorePreflightErrors: [], skipPhases: [] };
    expect(scriptOf('kubeadm upgrade', bare)).to.match(/\nkubeadm upgrade node$/);
  });
});
