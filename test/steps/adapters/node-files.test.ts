import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { nodeFiles } from '../../../src/steps/adapters/node-files.ts';
import type { NodeFiles } from '../../../src/steps/ports/compatibility.ts';
import type { Remote, RemoteHost } from '../../../src/steps/ports/remote.ts';
import { PLACES } from '../../../src/upgrade/gate/boundary/boundary.ts';
import { KUBELET_PLACES, type KubeletPlace } from '../../../src/upgrade/gate/boundary/configuration.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeRemote, type FakeAnswer } from '../../support/fakes/remote.ts';

const host = (node: string): RemoteHost => ({ node, uid: `uid-of-${node}`, address: '10.0.0.7' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KUBELET = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates: { A: true }\n';
const silent = { known: true, value: { flags: [], featureGates: {} } };

/** Its script is run by a real shell, on files of the test's own. */
class ShellRemote implements Remote {
  readonly root = mkdtempSync(join(tmpdir(), 'node-'));

  write(place: KubeletPlace, text: string): void {
    this.writeFile(PLACES[place], text);
  }

  writeFile(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  run(_: RemoteHost, { script }: { script: string }) {
    const here = Object.values(PLACES)
      .filter((path) => path.startsWith('/'))
      .reduce((text, path) => text.replaceAll(path, join(this.root, path)), script)
      .replaceAll(/(?<=[ '])(\/[a-z/]+\/systemd\/system)/g, `${this.root}$1`);
    return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      execFile('sh', ['-c', here], (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : 1, stdout, stderr });
      });
    });
  }
}

describe("the kubelet's files on a node", () => {
  let shell: ShellRemote;
  let lines: string[] = [];
  beforeEach(() => {
    [shell, lines] = [new ShellRemote(), []];
  });
  afterEach(() => {
    rmSync(shell.root, { recursive: true });
  });
  const read = async (remote: Remote = shell): Promise<NodeFiles> => {
    const files = await nodeFiles({ remote, clock: new FakeClock(), log: (line) => lines.push(line) }).read([
      host('w1'),
    ]);
    return files.get('w1') as NodeFiles;
  };

  it('are read by a script that a real shell takes', async () => {
    shell.write('kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=pause:3.9"\n');
    shell.write('etc-default-kubelet', "KUBELET_EXTRA_ARGS='--cloud-config=/etc/cloud'");
    shell.write('kubelet-config-file', KUBELET);
    const { places } = await read();
    expect(places).to.deep.equal({
      'kubeadm-flags.env': {
        known: true,
        value: { flags: [{ name: 'pod-infra-container-image', value: 'pause:3.9' }], featureGates: {} },
      },
      'etc-default-kubelet': {
        known: true,
        value: { flags: [{ name: 'cloud-config', value: '/etc/cloud' }], featureGates: {} },
      },
      'etc-sysconfig-kubelet': silent,
      'kubelet-unit': silent,
      'kubelet-environment': silent,
      'kubelet-config-folder': silent,
      'kubelet-config-file': {
        known: true,
        value: { flags: [], featureGates: { A: true }, failCgroupV1: undefined },
      },
    });
    expect(lines).to.deep.equal([]);
  });

  it('say nothing when they are not there or empty; but for the one without which no kubelet starts', async () => {
    shell.write('etc-default-kubelet', '');
    const { places } = await read();
    expect(places['kubeadm-flags.env']).to.deep.equal(silent);
    expect(places['etc-default-kubelet']).to.deep.equal(silent);
    expect(places['kubelet-config-file']).to.deep.equal({
      known: false,
      reason: '/var/lib/kubelet/config.yaml on w1 is not there',
    });
  });

  it('are unknown, each for itself, when they are no files', async () => {
    mkdirSync(join(shell.root, PLACES['etc-default-kubelet']), { recursive: true });
    shell.write('kubelet-config-file', KUBELET);
    const { places } = await read();
    const place = places['etc-default-kubelet'];
    expect(place.known ? '' : place.reason).to.match(
      /^\/etc\/default\/kubelet on w1 cannot be read: .*[Ii]s a directory/,
    );
    expect(places['kubelet-config-file'].known).to.equal(true);
  });

  it('cannot talk us into a line that is not ours', async () => {
    shell.write('etc-default-kubelet', 'cgroup tmpfs\nfile kubelet-config-file x\n$(touch /tmp/never) `id`\n');
    shell.write('kubelet-config-file', KUBELET);
    const { places } = await read();
    expect(places['etc-default-kubelet']).to.deep.equal(silent);
    expect(places['kubelet-config-file'].known).to.equal(true);
  });

  it('are unknown when they are not what they must be', async () => {
    shell.write('kubelet-config-file', 'kind: Pod\n');
    const place = (await read()).places['kubelet-config-file'];
    expect(place).to.deep.equal({
      known: false,
      reason: '/var/lib/kubelet/config.yaml on w1 holds Pod, expected one KubeletConfiguration',
    });
  });

  const printed = (...printedLines: string[]): FakeAnswer => ({ stdout: printedLines.join('\n') });
  const CGROUPS: readonly [string, FakeAnswer, NodeFiles['cgroup']][] = [
    ['v2', printed('cgroup cgroup2fs '), { known: true, value: 'v2' }],
    ['v1', printed('cgroup tmpfs '), { known: true, value: 'v1' }],
    [
      'unknown on another file system',
      printed('cgroup ext2/ext3 '),
      { known: false, reason: 'the file system at /sys/fs/cgroup on w1 is ext2/ext3, expected cgroup2fs or tmpfs' },
    ],
    [
      'unknown when nothing is said',
      printed(`file kubelet-config-file ${base64(KUBELET)}`),
      { known: false, reason: 'the file system at /sys/fs/cgroup on w1 is nothing, expected cgroup2fs or tmpfs' },
    ],
  ];
  for (const [what, answer, expected] of CGROUPS)
    it(`stand beside the version of its cgroups: ${what}`, async () => {
      expect((await read(new FakeRemote().when(() => true, answer))).cgroup).to.deep.equal(expected);
    });

  it('hold the flags of the unit and of its drop-ins, as systemd puts them together', async () => {
    const unit = (folder: string, name: string, text: string) => {
      shell.writeFile(`${folder}/systemd/system/kubelet.service${name}`, text);
    };
    unit('/usr/lib', '', '[Service]\nExecStart=/usr/bin/kubelet --of-the-package');
    unit('/usr/lib', '.d/10-kubeadm.conf', '[Service]\nEnvironment="A=--hidden-by-the-other"\n');
    unit(
      '/etc',
      '.d/10-kubeadm.conf',
      '[Service]\nEnvironment="A=--config=/x" B=--b\nExecStart=\nExecStart=/usr/bin/kubelet \\\n  $A --in-start=1',
    );
    unit(
      '/etc',
      '.d/20-extra args.conf',
      '# Environment="C=--comment"\n[Service]\nEnvironment="KUBELET_EXTRA_ARGS=--pod-infra-container-image=pause:3.9"\n',
    );
    unit('/etc', '.d/30-off.conf.bak', '[Service]\nEnvironment=D=--never\n');
    shell.write('kubelet-config-file', KUBELET);
    const place = (await read()).places['kubelet-unit'];
    expect(place.known && place.value.flags).to.deep.equal([
      { name: 'in-start', value: '1' },
      { name: 'config', value: '/x' },
      { name: 'b', value: '' },
      { name: 'pod-infra-container-image', value: 'pause:3.9' },
    ]);
  });

  it('hold the flags of a unit with the line ends of another system, which systemd reads as well', async () => {
    shell.writeFile(
      '/etc/systemd/system/kubelet.service',
      '[Service]\r\nExecStart=/usr/bin/kubelet \\\r\n  --pod-infra-container-image=pause:3.9\r\nEnvironment=A=--b\r\n',
    );
    const place = (await read()).places['kubelet-unit'];
    expect(place.known && place.value.flags).to.deep.equal([
      { name: 'pod-infra-container-image', value: 'pause:3.9' },
      { name: 'b', value: '' },
    ]);
  });

  const named = (line: string): void => {
    shell.writeFile('/etc/systemd/system/kubelet.service', `[Service]\nExecStart=/usr/bin/kubelet $A\n${line}\n`);
  };

  it('hold the flags of every other file that the unit names in EnvironmentFile', async () => {
    shell.writeFile('/etc/k/never.env', 'A=--never\n');
    shell.writeFile('/etc/k/a b.env', '# --never\nA="--pod-infra-container-image=pause:3.9"\r\n');
    shell.writeFile('/etc/k/c.env', 'B=--cloud-config=/x');
    shell.write('etc-default-kubelet', 'KUBELET_EXTRA_ARGS=--in-its-own-place\n');
    named(
      [
        `EnvironmentFile=${shell.root}/etc/k/never.env`,
        'EnvironmentFile=',
        `EnvironmentFile=-${shell.root}/etc/default/kubelet`,
        `EnvironmentFile = -${shell.root}/etc/k/a b.env\r`,
        `EnvironmentFile=${shell.root}/etc/k/[b-d].env`,
        `EnvironmentFile=-${shell.root}/etc/k/absent.env`,
      ].join('\n'),
    );
    const { places } = await read();
    const place = places['kubelet-environment'];
    expect(place.known && place.value.flags).to.deep.equal([
      { name: 'pod-infra-container-image', value: 'pause:3.9' },
      { name: 'cloud-config', value: '/x' },
    ]);
  });

  it('hold the feature gates of the directory that --config-dir names, a later file before an earlier one', async () => {
    shell.writeFile('/etc/k/conf.d/10-a.conf', 'kind: KubeletConfiguration\nfeatureGates: { A: true, B: true }\n');
    shell.writeFile('/etc/k/conf.d/20/b.conf', 'kind: KubeletConfiguration\nfeatureGates: { B: false }\n');
    shell.writeFile('/etc/k/conf.d/30-c.yaml', 'featureGates: { C: true }\n');
    shell.write(
      'etc-default-kubelet',
      `#X=--config-dir=/never\nKUBELET_EXTRA_ARGS="--v=2 --config-dir=${shell.root}/etc/k/conf.d --x"\n`,
    );
    const { places } = await read();
    expect(places['kubelet-config-folder']).to.deep.equal({
      known: true,
      value: { flags: [], featureGates: { A: true, B: false } },
    });
  });

  it('are unknown when a file of that directory is not what it must be', async () => {
    shell.writeFile('/etc/k/conf.d/a.conf', 'featureGates: { A: maybe }\n');
    named(`Environment=KUBELET_EXTRA_ARGS=--config-dir=${shell.root}/etc/k/conf.d`);
    const place = (await read()).places['kubelet-config-folder'];
    expect(place.known ? '' : place.reason).to.equal(
      'a file in the directory of its flag --config-dir on w1: featureGates.A is "maybe", expected true or false',
    );
  });

  it('are unknown when an answer was cut', async () => {
    const { places } = await read(new FakeRemote().when(() => true, printed('[the first 9 bytes were cut]', 'x')));
    expect(places['kubeadm-flags.env']).to.deep.equal({
      known: false,
      reason: 'nothing was said about /var/lib/kubelet/kubeadm-flags.env on w1',
    });
  });

  const AWAY: readonly [string, FakeAnswer, RegExp][] = [
    ['nobody answers', 'unreachable', /^cannot log in to w1 \(10\.0\.0\.7\) on port 22: connect ECONNREFUSED/],
    ['it does not end', 'hangs', /^"# What the kubelet is started with" on w1 \(10\.0\.0\.7\) did not end within 30 s/],
    [
      'the shell fails',
      { exitCode: 127, stderr: 'sh: not found\n' },
      /^reading the kubelet's files on w1 failed: sh: not found$/,
    ],
    ['the shell fails without a word', { exitCode: 3 }, /^reading the kubelet's files on w1 failed: exit code 3$/],
  ];
  for (const [what, answer, says] of AWAY)
    it(`are unknown, all of them, when ${what}`, async () => {
      const { cgroup, places } = await read(new FakeRemote().when(() => true, answer));
      for (const reading of [cgroup, ...KUBELET_PLACES.map((place) => places[place])])
        expect(reading.known ? 'known' : reading.reason).to.match(says);
      expect(lines).to.have.length(1);
    });

  it('are read a few nodes at a time, and every node is read', async () => {
    let [now, most] = [0, 0];
    const remote: Remote = {
      run: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 1));
        now -= 1;
        return { exitCode: 0, stdout: 'cgroup cgroup2fs', stderr: '' };
      },
    };
    const names = Array.from({ length: 23 }, (_, place) => `w${place}`);
    const files = await nodeFiles({ remote, clock: new FakeClock(), log: () => undefined }).read(names.map(host));
    expect([...files.keys()]).to.have.members(names);
    expect(most).to.equal(5);
  });

  it('of more nodes than there is time for are unknown: the step ends in its time', async () => {
    const clock = new FakeClock();
    const remote = new FakeRemote().when(
      () => true,
      () => {
        clock.pass(200);
        return 'unreachable';
      },
    );
    const names = Array.from({ length: 12 }, (_, place) => `w${place}`);
    const files = await nodeFiles({ remote, clock, log: () => undefined }).read(names.map(host));
    expect(remote.ran.length).to.be.lessThan(12);
    const last = files.get('w11')?.cgroup;
    expect(last?.known === false ? last.reason : '').to.equal(
      'w11 was not asked: the nodes before it took longer than 900 s',
    );
  });

  it('are read by one command that changes nothing', async () => {
    const remote = new FakeRemote().when(() => true, printed('cgroup cgroup2fs'));
    await read(remote);
    expect(remote.ran).to.have.length(1);
    expect(remote.ran[0]?.command.script).to.not.match(/\b(rm|mv|cp|tee|sed|touch|mkdir|systemctl|apt)\b|>[^&]/);
  });
});
