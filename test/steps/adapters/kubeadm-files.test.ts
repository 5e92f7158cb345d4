import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { kubeadmFiles } from '../../../src/steps/adapters/kubeadm-files.ts';
import type { KubeadmFiles } from '../../../src/steps/ports/health.ts';
import type { Remote, RemoteHost } from '../../../src/steps/ports/remote.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';
import { ETCD_MANIFEST } from '../../support/kubeadm.ts';

const HOST: RemoteHost = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' };

/** Its script is run by a real shell, on files of the test's own. */
class ShellRemote implements Remote {
  readonly root = mkdtempSync(join(tmpdir(), 'kubeadm-'));

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  run(_: RemoteHost, { script }: { script: string }) {
    const here = script.replaceAll(/(?<=[ '=])\/(etc|var|run)\//g, `${this.root}/$1/`);
    return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      execFile('sh', ['-c', here], (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : 1, stdout, stderr });
      });
    });
  }
}

describe('the files that kubeadm reads on a node', () => {
  const logged: string[] = [];
  const read = async (remote: Remote, criSocket?: string, patches?: string): Promise<KubeadmFiles> => {
    const files = kubeadmFiles({ remote, clock: new FakeClock(), log: (line) => logged.push(line) }, patches);
    return (await files.read([{ host: HOST, criSocket }])).get('w1') ?? expect.fail('not read');
  };
  let shell: ShellRemote;
  beforeEach(() => (shell = new ShellRemote()));
  afterEach(() => {
    rmSync(shell.root, { recursive: true });
  });

  it('are absent on a bare machine, which is known', async () => {
    expect(await read(shell)).to.deep.equal({
      criSocket: { known: true, value: { endpoint: undefined, instanceConfig: false, annotated: undefined } },
      etcd: { known: true, value: undefined },
      kubelet: { known: true, value: undefined },
    });
  });

  const ENDPOINTS: readonly [string, string, string, boolean][] = [
    [
      'kubeadm-flags.env',
      'KUBELET_KUBEADM_ARGS="--node-ip=1.2.3.4 --container-runtime-endpoint=unix:///run/a.sock"\n',
      'unix:///run/a.sock',
      false,
    ],
    ['instance-config.yaml', 'containerRuntimeEndpoint: "unix:///run/b.sock"\n', 'unix:///run/b.sock', true],
    [
      'config.yaml',
      'kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///run/c.sock\n',
      'unix:///run/c.sock',
      false,
    ],
  ];
  for (const [file, text, endpoint, instanceConfig] of ENDPOINTS)
    it(`name the endpoint of the container runtime in ${file}`, async () => {
      shell.write(`/var/lib/kubelet/${file}`, text);
      expect((await read(shell)).criSocket).to.deep.equal({
        known: true,
        value: { endpoint, instanceConfig, annotated: undefined },
      });
    });

  it('are passed over for the endpoint when they are broken', async () => {
    shell.write('/var/lib/kubelet/config.yaml', '{{{');
    shell.write('/var/lib/kubelet/instance-config.yaml', 'containerRuntimeEndpoint: [1]\n');
    expect((await read(shell)).criSocket).to.deep.equal({
      known: true,
      value: { endpoint: undefined, instanceConfig: true, annotated: undefined },
    });
  });

  it('tell a socket from a file, from nothing, and from the address of another kind', async () => {
    const path = '/run/c.sock';
    const annotated = async (socket: string) => {
      const { criSocket } = await read(shell, socket);
      return criSocket.known ? criSocket.value.annotated : criSocket;
    };
    expect(await annotated(`unix://${path}`)).to.equal(false);
    shell.write(path, '');
    expect(await annotated(path)).to.equal(false);
    rmSync(join(shell.root, path));
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(join(shell.root, path), resolve));
    expect([await annotated(`unix://${path}`), await annotated(path)]).to.deep.equal([true, true]);
    await new Promise((resolve) => server.close(resolve));
    expect(await annotated('')).to.equal(false);
    expect(await annotated('tcp://10.0.0.1:1')).to.equal(undefined);
    expect(await annotated("/run/x'; touch pwned; echo 'socket yes")).to.equal(false);
  });

  it('hold the manifest of etcd, and say so when it is no YAML', async () => {
    shell.write('/etc/kubernetes/manifests/etcd.yaml', ETCD_MANIFEST);
    const { etcd } = await read(shell);
    expect(etcd.known && etcd.value).to.have.nested.property('metadata.name', 'etcd');
    shell.write('/etc/kubernetes/manifests/etcd.yaml', 'a: [');
    expect((await read(shell)).etcd).to.have.property('known', false);
  });

  describe('with the directory of kubeadm.patches', () => {
    const FOLDER = '/etc/kubernetes/patches';
    const folder = async () => (await read(shell, undefined, FOLDER)).patches;

    it('is absent, a link or a file', async () => {
      expect(await folder()).to.deep.equal({ known: true, value: { kind: 'absent' } });
      shell.write(FOLDER, '');
      expect(await folder()).to.deep.equal({ known: true, value: { kind: 'no-directory' } });
      rmSync(join(shell.root, FOLDER));
      symlinkSync(shell.root, join(shell.root, FOLDER));
      expect(await folder()).to.deep.equal({ known: true, value: { kind: 'no-directory' } });
    });

    it('holds every file below it, in the order of their paths, with its documents and who can write to it', async () => {
      shell.write(`${FOLDER}/sub/etcd+json.json`, '[{"op":"test","path":"/a","value":1}]');
      shell.write(`${FOLDER}/kube-apiserver.yaml`, 'a: 1\n---\nb: 2\n');
      shell.write(`${FOLDER}/a b'$(x).yaml`, '{{');
      chmodSync(join(shell.root, FOLDER, 'kube-apiserver.yaml'), 0o664);
      symlinkSync('/nowhere', join(shell.root, FOLDER, 'gone.yaml'));
      const patches = await folder();
      const value = patches?.known === true && patches.value.kind === 'directory' ? patches.value : expect.fail();
      const root = process.getuid?.() === 0;
      expect(value.secure).to.equal(root);
      expect(
        value.files.map(({ name, secure, documents }) => [name, secure, documents.known && documents.value]),
      ).to.deep.equal([
        ["a b'$(x).yaml", root, false],
        ['gone.yaml', false, false],
        ['kube-apiserver.yaml', false, [{ a: 1 }, { b: 2 }]],
        ['etcd+json.json', root, [[{ op: 'test', path: '/a', value: 1 }]]],
      ]);
      chmodSync(join(shell.root, FOLDER, 'sub'), 0o777);
      const open = await folder();
      expect(open?.known === true && open.value).to.have.property('secure', false);
    });

    it('is not known when it holds more than a directory of patches does', async () => {
      for (let number = 0; number < 101; number += 1) shell.write(`${FOLDER}/etcd${number}.yaml`, '');
      expect(await folder()).to.have.property('known', false);
      rmSync(join(shell.root, FOLDER), { recursive: true });
      shell.write(`${FOLDER}/etcd.yaml`, 'x'.repeat(150_001));
      expect(await folder()).to.have.property('known', false);
    });

    it('is not asked for without the setting', async () => {
      expect(await read(shell)).not.to.have.property('patches');
    });
  });

  it('are not known of a node that nobody can log in to', async () => {
    const { criSocket, etcd } = await read(new FakeRemote().whenScript('', 'unreachable'));
    const reason = 'cannot log in to w1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22';
    expect([criSocket, etcd]).to.deep.equal([
      { known: false, reason },
      { known: false, reason },
    ]);
    expect(logged.at(-1)).to.equal(`Cannot read what kubeadm reads on w1: ${reason}`);
  });
});
