import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { containerdPackage } from '../../../src/upgrade/host/containerd-package.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { nodeCommands } from '../../../src/upgrade/host/node-commands.ts';
import { finishScript, holdScript, installedPackages } from '../../../src/upgrade/host/node-packages.ts';
import { FakeDpkg } from '../../support/fakes/dpkg.ts';
import { until } from '../../support/until.ts';

const HELD = { kubeadm: 'hi ', kubelet: 'hi ', kubectl: 'hi ' };
const scriptOf = (name: string): string =>
  nodeCommands({
    ...{ role: 'control-plane', target: parseKubeVersion('1.34.10'), repository: 'https://pkgs.k8s.io/core:/stable:' },
    ...{ sourceFile: '/s', keyringFile: '/k.asc', ignorePreflightErrors: [], skipPhases: [] },
    ...{ packagesTimeoutSeconds: 900, kubeadmTimeoutSeconds: 1800, containerdPackage: 'containerd.io' },
  }).find((command) => command.name === name)?.script ?? '';
const KUBELET = scriptOf('kubelet and kubectl packages');
const INSTALL = 'apt-get install kubelet=1.34.10-* kubectl=1.34.10-*';
const HOLD = 'apt-mark hold kubelet kubectl';
/** A program that ends when the test writes the file `go`, or removes the machine. */
const UNTIL_LET_GO = 'while [ -d bin ] && ! [ -e go ]; do /bin/sleep 0.05; done';

describe('packages that are held', () => {
  let machine: FakeDpkg;
  beforeEach(() => {
    machine = new FakeDpkg(HELD);
  });
  afterEach(() => {
    machine.end();
  });
  const ended = async (child: ChildProcess): Promise<string> => {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return String(code ?? signal);
  };
  const group = ({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void => void process.kill(-pid, signal);
  const letters = (): string => ['kubeadm', 'kubelet', 'kubectl'].map((name) => machine.state(name)).join('|');

  it('are installed without being unheld before, and are held afterwards', () => {
    expect(machine.run(KUBELET).exitCode).to.equal(0);
    expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
    expect(letters()).to.equal('hi |hi |hi ');
  });

  it('are held before the installation where they were not', () => {
    machine.set('kubeadm', 'ii ');
    machine.set('kubelet', 'ii ');
    machine.run(KUBELET);
    expect(machine.calls()).to.deep.equal(['apt-mark hold kubeadm kubelet', INSTALL, HOLD]);
  });

  it('are held after an installation that fails', () => {
    machine.write('broken');
    expect(machine.run(KUBELET).exitCode).to.equal(100);
    expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
    expect(letters()).to.equal('hi |hF |hF ');
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    it(`are held when ${signal} ends the installation`, async () => {
      const child = await machine.begin(['sh', '-c'], KUBELET);
      group(child, signal);
      expect(await ended(child)).to.equal('143');
      expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
      expect(letters()).to.equal('hi |hF |hF ');
    });

  it('are held when timeout(1) ends the installation', async () => {
    const child = await machine.begin(['timeout', '-k', '20', '3600', 'sh', '-c'], KUBELET);
    // The signal of its own timer.
    child.kill('SIGALRM');
    expect(await ended(child)).to.equal('124');
    expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
  });

  it('are held when the signal reaches the shell alone, once apt-get has ended', async () => {
    machine.program(
      'apt-get',
      `echo "apt-get install" >>calls; printf "iF " >states/kubelet; touch installing; ${UNTIL_LET_GO}`,
    );
    const child = await machine.begin(['sh', '-c'], KUBELET);
    child.kill('SIGTERM');
    machine.write('go');
    expect(await ended(child)).to.equal('143');
    expect(machine.calls()).to.deep.equal(['apt-get install', 'apt-mark hold kubelet']);
  });

  const HOLDS = 'echo "apt-mark $*" >>calls; shift; for name in "$@"; do printf "hi " >"states/$name"; done';

  it('are held when SIGTERM ends the hold after the installation', async () => {
    machine.program('apt-get', 'echo "apt-get install" >>calls; printf "ii " >states/kubelet; touch installing');
    machine.program('apt-mark', `[ -e marking ] || { touch marking; /bin/sleep 30; }; ${HOLDS}`);
    const child = await machine.begin(['sh', '-c'], KUBELET);
    await until('apt-mark runs', () => machine.has('marking'));
    group(child, 'SIGTERM');
    expect(await ended(child)).to.equal('143');
    expect(machine.calls()).to.deep.equal(['apt-get install', 'apt-mark hold kubelet']);
  });

  it('are held when a second SIGTERM comes meanwhile, as systemd and timeout(1) each send one', async () => {
    machine.program('apt-mark', `touch marking; ${UNTIL_LET_GO}; ${HOLDS}`);
    const child = await machine.begin(['sh', '-c'], KUBELET);
    group(child, 'SIGTERM');
    await until('apt-mark runs', () => machine.has('marking'));
    group(child, 'SIGTERM');
    machine.write('go');
    expect(await ended(child)).to.equal('143');
    expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
  });

  it('are held when the file system of temporary files is full', () => {
    machine.program('mktemp', 'echo "mktemp: No space left on device" >&2; exit 1');
    machine.write('broken');
    expect(machine.run(KUBELET).exitCode).to.equal(100);
    expect(machine.calls()).to.deep.equal([INSTALL, HOLD]);
  });

  const killed = async (script: string): Promise<void> => {
    const child = await machine.begin(['sh', '-c'], script);
    group(child, 'SIGKILL');
    expect(await ended(child)).to.equal('SIGKILL');
    machine.remove('slow');
    machine.remove('calls');
  };

  it('are held by what systemd runs afterwards when SIGKILL ended the installation', async () => {
    await killed(KUBELET);
    expect(letters()).to.equal('hi |iF |iF ');
    expect(machine.run(holdScript(60)).exitCode).to.equal(0);
    expect(machine.calls()).to.deep.equal([HOLD]);
    expect(letters()).to.equal('hi |hF |hF ');
  });

  it('are held by the first command of the next attempt, which then has dpkg configure them', async () => {
    await killed(KUBELET);
    const { exitCode, stdout } = machine.run(scriptOf('package state'));
    expect([exitCode, stdout]).to.deep.equal([
      0,
      'An earlier installation was interrupted. dpkg configures what it left unpacked: kubelet kubectl\n',
    ]);
    expect(machine.calls()).to.deep.equal([HOLD, 'dpkg --configure kubelet kubectl']);
    expect(letters()).to.equal('hi |hi |hi ');
  });

  describe('of containerd', () => {
    const script = containerdPackage({ package: 'containerd.io', version: '1.7.28' }, 900).script;
    const CONTAINERD = 'apt-get install containerd.io=1.7.28-1';
    beforeEach(() => {
      machine.program('apt-cache', "echo ' containerd.io | 1.7.28-1 | http://x y Packages'");
      machine.program('systemctl', 'exit 0');
      machine.set('containerd.io', 'hi ');
    });

    it('are held again after it', () => {
      expect(machine.run(script).exitCode).to.equal(0);
      expect(machine.calls()).to.deep.equal(['apt-get update', CONTAINERD, 'apt-mark hold containerd.io']);
      expect(machine.has('var/lib/argo-kubeadm-upgrade/held')).to.equal(false);
    });

    it('are held again when SIGTERM ends the installation', async () => {
      const child = await machine.begin(['sh', '-c'], script);
      group(child, 'SIGTERM');
      expect(await ended(child)).to.equal('143');
      expect(machine.calls()).to.deep.equal(['apt-get update', CONTAINERD, 'apt-mark hold containerd.io']);
    });

    it('are held again after SIGKILL, since the node remembers that they were', async () => {
      await killed(script);
      expect(machine.state('containerd.io')).to.equal('iF ');
      machine.run(holdScript(60));
      expect(machine.calls()).to.deep.equal(['apt-mark hold containerd.io']);
      expect(machine.has('var/lib/argo-kubeadm-upgrade/held')).to.equal(false);
    });

    it('stay unheld where they were', () => {
      machine.set('containerd.io', 'ii ');
      expect(machine.run(script).exitCode).to.equal(0);
      expect(machine.calls()).to.deep.equal(['apt-get update', CONTAINERD]);
    });
  });

  it('are only those that are installed', () => {
    machine.remove('states/kubectl');
    machine.set('kubelet', 'rc ');
    machine.set('kubeadm', 'ii ');
    expect(machine.run(holdScript()).exitCode).to.equal(0);
    expect(machine.calls()).to.deep.equal(['apt-mark hold kubeadm']);
  });

  it('are not taken for held while dpkg does not say', () => {
    machine.program('dpkg-query', 'echo dpkg-query: error >&2; exit 2');
    const { exitCode, stderr } = machine.run(KUBELET);
    expect([exitCode, stderr]).to.deep.equal([1, 'dpkg-query does not say which packages are held.\n'.repeat(2)]);
    expect(machine.calls()).to.deep.equal([]);
  });
});

describe('what a killed dpkg left', () => {
  let machine: FakeDpkg;
  beforeEach(() => {
    machine = new FakeDpkg({ ...HELD, 'cri-tools': 'ii ', 'containerd.io': 'ii ', bash: 'iF ' });
  });
  afterEach(() => {
    machine.end();
  });

  it('is nothing on most nodes', () => {
    expect(machine.run(scriptOf('package state'))).to.deep.equal({ exitCode: 0, stdout: '', stderr: '' });
    expect(machine.calls()).to.deep.equal([]);
  });

  it('is configured as far as an attempt installs it, and not what others left', () => {
    machine.set('kubelet', 'hU ');
    machine.set('containerd.io', 'iF ');
    machine.run(scriptOf('package state'));
    expect(machine.calls()).to.deep.equal(['dpkg --configure kubelet containerd.io']);
    expect(machine.state('bash')).to.equal('iF ');
  });

  it('is a journal, which dpkg takes in before anything else', () => {
    machine.write('dpkg/updates/0000');
    machine.run(scriptOf('package state'));
    expect(machine.calls()).to.deep.equal(['dpkg --set-selections']);
    machine.write('dpkg/updates/0001');
    machine.run(holdScript());
    expect(machine.calls()).to.deep.equal(['dpkg --set-selections', 'dpkg --set-selections']);
  });

  it('half-installed is left to apt, which is told to install a dependency anew', () => {
    machine.set('kubeadm', 'hHR');
    machine.set('cri-tools', 'iHR');
    machine.run(scriptOf('package state'));
    machine.run(scriptOf('kubeadm package'));
    expect(machine.calls()).to.deep.equal(['apt-get install kubeadm=1.34.10-* cri-tools', 'apt-mark hold kubeadm']);
  });

  it('on a worker is never containerd', () => {
    expect(installedPackages()).to.deep.equal(['kubeadm', 'kubelet', 'kubectl', 'cri-tools', 'kubernetes-cni']);
    expect(finishScript(installedPackages())).to.not.include('containerd');
  });
});

describe('a lock of another package manager', () => {
  let machine: FakeDpkg;
  beforeEach(() => {
    machine = new FakeDpkg({ ...HELD, kubeadm: 'ii ' });
  });
  afterEach(() => {
    machine.end();
  });
  const WAITS = 'Another package manager is at work: waiting up to 600 s.\n';
  const update = (): string => {
    const script = scriptOf('package source');
    const [functions = ''] = /is_locked\(\)[^]*?\n\}\npatiently\(\)[^]*?\n\}\n/.exec(script) ?? [];
    return `set -eu\n${functions}${script.split('\n').at(-1) ?? ''}`;
  };

  it("is waited for where apt's lists are locked, as DPkg::Lock::Timeout does not", () => {
    machine.write('locked', '2');
    expect(machine.run(update())).to.include({ exitCode: 0, stdout: WAITS });
    expect(machine.calls()).to.deep.equal(['sleep 5', 'sleep 5', 'apt-get update']);
  });

  it('is waited for where dpkg is locked', () => {
    machine.write('locked', '1');
    expect(machine.run(holdScript())).to.include({ exitCode: 0, stdout: WAITS });
    expect(machine.calls()).to.deep.equal(['sleep 5', 'apt-mark hold kubeadm']);
  });

  it('is waited for as long as was said, and no longer', () => {
    machine.write('locked', '999');
    const { exitCode, stderr } = machine.run(holdScript(60));
    expect([exitCode, stderr]).to.deep.equal([
      100,
      'dpkg: error: dpkg frontend lock was locked by another process with pid 5245\n',
    ]);
    expect(machine.calls()).to.deep.equal(Array.from({ length: 12 }, () => 'sleep 5'));
  });

  it('is no reason to try again what fails for another reason', () => {
    machine.program('apt-mark', 'echo "E: Unable to locate package kubeadm" >&2; exit 100');
    const { exitCode, stderr } = machine.run(KUBELET);
    expect([exitCode, stderr]).to.deep.equal([100, 'E: Unable to locate package kubeadm\n'.repeat(2)]);
    expect(machine.calls()).to.deep.equal([]);
  });

  it('is not what a file system without write access is taken for', () => {
    machine.program(
      'apt-get',
      'echo "E: Could not open lock file /var/lib/apt/lists/lock - open (30: Read-only file system)" >&2; echo "E: Unable to lock directory /var/lib/apt/lists/" >&2; exit 100',
    );
    expect(machine.run(update()).exitCode).to.equal(100);
    expect(machine.calls()).to.deep.equal([]);
  });

  it('leaves no file behind', () => {
    machine.write('locked', '2');
    machine.run(`${holdScript()}\n[ -z "$(ls "$TMPDIR")" ]`);
    expect(machine.run('ls "$TMPDIR"').stdout).to.equal('');
  });
});
