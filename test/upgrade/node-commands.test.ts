import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseKubeVersion } from '../../src/upgrade/kube-version.ts';
import { BUSY_EXIT_CODE, nodeCommands, type NodeCommand, type NodeUpgrade } from '../../src/upgrade/node-commands.ts';
import { NODE_ROLES, type NodeRole } from '../../src/upgrade/node-order.ts';
import { EXIT } from '../../src/contract/exit-code.ts';
import { expectGolden } from '../support/golden.ts';

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

const told = ({ name, why, script, timeoutSeconds, mayPass }: NodeCommand): string =>
  `# ${name}: ${why}\n# at most ${timeoutSeconds} s; a failure ${mayPass ? 'may pass' : 'stays'}\n${script}\n`;

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
        const scripts = nodeCommands({ ...upgradeOf(role, '1.34.10'), ...some }).map(({ script }) => script);
        expect(syntax(scripts.join('\n'))).to.equal('0 ');
      }),
      { numRuns: 40 },
    );
  });

  it('run nothing that stands in a setting', () => {
    const evil = '/x$(touch /nowhere/a)`touch b`;touch c\'"|touch d';
    const upgrade = { ...upgradeOf('worker', '1.34.10'), repository: evil, sourceFile: evil, keyringFile: evil };
    const all = { ...upgrade, ignorePreflightErrors: [evil], skipPhases: [evil] };
    // Every word is printed instead of run: what would be run beside it leaves a trace in what is printed.
    const stubs = ['install', 'rm', 'grep', 'chmod', 'mv', 'flock', 'apt-get', 'kubeadm', 'dirname', 'exec'];
    const script = ['package source', 'kubeadm upgrade']
      .map((name) => scriptOf(name, all))
      .join('\n')
      .replaceAll('/usr/lib/apt/apt-helper', 'apt_helper')
      .replaceAll(/^exec .*$/gm, '')
      .replaceAll(/ > .*\.new$/gm, '');
    const functions = [...stubs.filter((stub) => !['exec', 'apt-get'].includes(stub)), 'apt_helper']
      .map((stub) => `${stub}() { :; }`)
      .join('\n');
    const harmless = script.replaceAll('apt-get', 'apt_get');
    const traced = `touch() { echo TOUCHED; }\napt_get() { :; }\n${functions}\n${harmless}`;
    const { stdout, status } = spawnSync('sh', ['-c', traced], { encoding: 'utf8' });
    expect(stdout).to.not.include('TOUCHED\n');
    expect(status).to.equal(0);
  });

  it('hold the packages again when an installation fails', () => {
    const calls = (apt: string): string => {
      const stubs = `flock() { :; }\napt_mark() { echo "apt-mark $*"; }\napt_get() { echo install; ${apt}; }`;
      const script = scriptOf('kubelet and kubectl packages', upgradeOf('worker', '1.34.10'))
        .replaceAll('apt-mark', 'apt_mark')
        .replaceAll('apt-get', 'apt_get')
        .replace(/^exec .*$/m, '');
      const { stdout, status } = spawnSync('sh', ['-c', `${stubs}\n${script}`], { encoding: 'utf8' });
      return `${stdout.trim().split('\n').join('; ')}; exit code ${status ?? 'none'}`;
    };
    const held = 'apt-mark unhold kubelet kubectl; install; apt-mark hold kubelet kubectl';
    expect(calls('return 0')).to.equal(`${held}; exit code 0`);
    expect(calls('return 100')).to.equal(`${held}; exit code 100`);
  });

  it('never work beside an earlier command that is still at work there', () => {
    for (const { script } of nodeCommands(upgradeOf('worker', '1.34.10'))) {
      const busy = `flock() { return 1; }\n${script.replace(/^exec .*$/m, '')}\necho went on`;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', busy], { encoding: 'utf8' });
      expect([status, stdout, stderr]).to.deep.equal([75, '', 'An earlier command is still at work on this node.\n']);
    }
    expect(BUSY_EXIT_CODE).to.equal(EXIT.TryAgain);
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
