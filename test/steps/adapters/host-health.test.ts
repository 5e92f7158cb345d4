import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { hostHealth } from '../../../src/steps/adapters/host-health.ts';
import type { HostHealth } from '../../../src/steps/ports/health.ts';
import type { Remote, RemoteHost } from '../../../src/steps/ports/remote.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeRemote, type FakeAnswer } from '../../support/fakes/remote.ts';

const HOST: RemoteHost = { node: 'cp1', uid: 'uid-of-cp1', address: '10.0.0.1' };

/** Its script is run by a real shell, on files of the test's own. */
class ShellRemote implements Remote {
  readonly root = mkdtempSync(join(tmpdir(), 'host-'));

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  run(_: RemoteHost, { script }: { script: string }) {
    const here = ['/etc/kubernetes', '/var/lib/etcd'].reduce(
      (text, path) => text.replaceAll(new RegExp(`(?<=[ "=])${path}`, 'g'), join(this.root, path)),
      script,
    );
    return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, PATH: `${join(this.root, 'bin')}:${process.env['PATH'] ?? ''}` };
      execFile('sh', ['-c', here], { env }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : 1, stdout, stderr });
      });
    });
  }
}

const read = async (remote: Remote, snapshots?: string): Promise<HostHealth> =>
  (await hostHealth({ remote, clock: new FakeClock(), log: () => undefined }, snapshots).read([HOST])).get(
    'cp1',
  ) as HostHealth;

describe('a control-plane node', () => {
  describe('is looked at by a script that a real shell takes, which', () => {
    let shell: ShellRemote;
    let etcd: Server;
    let answer = '';
    beforeEach(async () => {
      shell = new ShellRemote();
      answer = '{"health":"true","reason":""}';
      etcd = createServer((request, response) => {
        response.writeHead(request.url === '/health' ? 200 : 404, { connection: 'close' });
        response.end(answer);
      });
      await new Promise<void>((resolve) => etcd.listen(0, '127.0.0.1', resolve));
      const { port } = etcd.address() as AddressInfo;
      shell.write(
        '/etc/kubernetes/manifests/etcd.yaml',
        `    - --data-dir=${join(shell.root, 'data')}\n    - --listen-metrics-urls=http://127.0.0.1:${port}\n`,
      );
      shell.write('/data/member/snap/db', 'x'.repeat(300_000));
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '30',
          '-subj',
          '/CN=x',
        ].concat([...['-keyout', join(shell.root, 'key'), '-out', join(shell.root, 'crt')]]),
        { stdio: 'ignore' },
      );
      shell.write('/etc/kubernetes/pki/apiserver.crt', execFileSync('cat', [join(shell.root, 'crt')]).toString());
    });
    afterEach(async () => {
      rmSync(shell.root, { recursive: true });
      etcd.closeAllConnections();
      await new Promise((resolve) => etcd.close(resolve));
    });

    it('asks etcd itself how it is', async () => {
      expect((await read(shell)).etcd).to.deep.equal({ known: true, value: { kind: 'healthy' } });
      answer = '{"health":"false","reason":"RAFT NO LEADER"}';
      expect((await read(shell)).etcd).to.deep.equal({
        known: true,
        value: { kind: 'unhealthy', because: 'health false: RAFT NO LEADER' },
      });
    });

    it('reads the data directory of etcd in every form that a manifest can have', async () => {
      const data = join(shell.root, 'data');
      for (const flag of [
        `- "--data-dir=${data}"`,
        `- --data-dir\n    - ${data}`,
        `command: ["etcd","--data-dir=${data}"]`,
      ]) {
        shell.write('/etc/kubernetes/manifests/etcd.yaml', `    ${flag}\n`);
        const { volumes } = await read(shell);
        expect(volumes.known && volumes.value.etcdDataBytes).to.be.within(290_000, 700_000);
      }
    });

    it('does not take silence for health', async () => {
      answer = '<html>hello</html>';
      const { etcd: seen } = await read(shell);
      expect(seen.known || seen.reason).to.match(
        /^etcd on cp1 does not report its health: http:\/\/127\.0\.0\.1:\d+\/health: <html>hello<\/html>$/,
      );
      etcd.closeAllConnections();
      await new Promise((resolve) => etcd.close(resolve));
      const { etcd: gone } = await read(shell);
      expect(gone.known || gone.reason).to.match(
        /^etcd on cp1 does not report its health: http:\/\/127\.0\.0\.1:\d+\/health: .*[Cc]onnect/,
      );
    });

    it('measures the data of etcd and the room beside it', async () => {
      const { volumes } = await read(shell);
      if (!volumes.known) throw new Error(volumes.reason);
      expect(volumes.value.etcdDataBytes).to.be.within(290_000, 700_000);
      const { etcd, backups, snapshots } = volumes.value;
      expect(etcd.freeBytes).to.be.greaterThan(0);
      // Others write to this disk as well.
      expect(backups.freeBytes).to.be.closeTo(etcd.freeBytes, 2 ** 30);
      expect(backups.mount).to.equal(etcd.mount);
      expect(snapshots).to.equal(undefined);
    });

    it('measures the room for a snapshot where its folder would be made', async () => {
      const folder = join(shell.root, 'not/yet/there');
      const { volumes } = await read(shell, folder);
      if (!volumes.known) throw new Error(volumes.reason);
      const { etcd, snapshots } = volumes.value;
      expect(snapshots?.mount).to.equal(etcd.mount);
      expect(snapshots?.freeBytes).to.be.closeTo(etcd.freeBytes, 2 ** 30);
    });

    it('finds out until when a certificate is valid', async () => {
      const { certificates } = await read(shell);
      if (!certificates.known) throw new Error(certificates.reason);
      const [only, ...others] = certificates.value;
      expect(others).to.deep.equal([]);
      expect(only?.path).to.match(/\/etc\/kubernetes\/pki\/apiserver\.crt$/);
      const days = ((only?.expiresAtMs ?? 0) - Date.now()) / 86_400_000;
      expect(days).to.be.within(29, 31);
    });

    it('does not pass over a certificate that is none', async () => {
      shell.write('/etc/kubernetes/pki/ca.crt', 'not a certificate');
      const { certificates } = await read(shell);
      expect(certificates.known || certificates.reason).to.match(
        /^cannot read \S+\/etc\/kubernetes\/pki\/ca\.crt on cp1$/,
      );
    });

    it('picks out of all packages those that are installed by half', async () => {
      const states = [
        'ii |bash',
        'hi |kubectl',
        'rc |old',
        'iU |kubeadm',
        'hF |kubelet',
        'iHR|cri-tools',
        'iiR|conntrack',
      ];
      shell.write('/bin/dpkg-query', `#!/bin/sh\nprintf '%s\\n' ${states.map((state) => `'${state}'`).join(' ')}\n`);
      chmodSync(join(shell.root, 'bin/dpkg-query'), 0o755);
      expect((await read(shell)).brokenPackages).to.deep.equal({
        known: true,
        value: 'conntrack cri-tools kubeadm kubelet',
      });
      shell.write('/bin/dpkg-query', '#!/bin/sh\nexit 2\n');
      expect((await read(shell)).brokenPackages).to.deep.equal({
        known: false,
        reason: 'nothing was said about the packages of cp1',
      });
    });

    it('finds every further manifest of a component of kubeadm that the kubelet would run', async () => {
      const at = (name: string): string => `/etc/kubernetes/manifests/${name}`;
      const labelled = (component: string): string => `metadata:\n  labels:\n    component: ${component}\n`;
      shell.write(at('kube-apiserver.yaml'), labelled('kube-apiserver'));
      shell.write(at('.etcd.yaml.swp'), labelled('etcd'));
      shell.write(at('kube-vip.yaml'), labelled('kube-vip'));
      shell.write(at('kube-apiserver-proxy.yaml'), labelled('kube-apiserver-proxy'));
      shell.write(`${at('old')}/etcd.yaml`, labelled('etcd'));
      expect((await read(shell)).manifestCopies).to.deep.equal({ known: true, value: [] });
      const copies = ['etcd.yaml.backup', "it's a copy.yaml", 'kube-apiserver.yaml~', 'scheduler.json'];
      shell.write(at('etcd.yaml.backup'), labelled('etcd'));
      shell.write(at("it's a copy.yaml"), labelled('"kube-controller-manager"'));
      shell.write(at('kube-apiserver.yaml~'), labelled('kube-apiserver'));
      shell.write(at('scheduler.json'), '{"metadata":{"labels":{"component":"kube-scheduler"}}}');
      expect((await read(shell)).manifestCopies).to.deep.equal({
        known: true,
        value: copies.map((name) => join(shell.root, at(name))),
      });
    });

    it('sees that etcd is elsewhere', async () => {
      rmSync(join(shell.root, '/etc/kubernetes/manifests'), { recursive: true });
      const { etcd: seen, volumes } = await read(shell);
      expect(seen).to.deep.equal({ known: true, value: { kind: 'external' } });
      expect(volumes.known && volumes.value.etcdDataBytes).to.equal(0);
    });
  });

  const answering = (answer: FakeAnswer): Promise<HostHealth> => read(new FakeRemote().whenScript('', answer));
  const line = (key: string, text: string): string => `${key} ${Buffer.from(text).toString('base64')}`;

  it('that nobody can log in to is unknown in every respect, and is named', async () => {
    const reason = 'cannot log in to cp1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22';
    const none = { known: false, reason };
    expect(await answering('unreachable')).to.deep.equal({
      ...{ etcd: none, certificates: none, volumes: none, brokenPackages: none, manifestCopies: none },
    });
  });

  it('of which nothing is said is unknown in every respect', async () => {
    expect(await answering({ stdout: '' })).to.deep.equal({
      etcd: { known: false, reason: 'etcd on cp1 was not asked: the node printed no answer' },
      certificates: { known: false, reason: 'there is no certificate in /etc/kubernetes/pki on cp1' },
      volumes: { known: false, reason: 'df does not say how full /etc/kubernetes is on cp1' },
      brokenPackages: { known: false, reason: 'nothing was said about the packages of cp1' },
      manifestCopies: { known: false, reason: 'nothing was said about the manifests of cp1' },
    });
  });

  it('may have its volumes apart', async () => {
    const stdout = [
      line('etcd', 'x'),
      line('data-bytes', '2048\t/var/lib/etcd'),
      line('data-volume', '/dev/sdb1 100000 50000 4096 60% /var/lib/etcd'),
      line('backup-volume', '/dev/sda1 100000 50000 8192 60% /'),
    ].join('\n');
    expect((await answering({ stdout })).volumes).to.deep.equal({
      known: true,
      value: {
        etcdDataBytes: 2 ** 21,
        etcd: { mount: '/var/lib/etcd', freeBytes: 2 ** 22 },
        backups: { mount: '/', freeBytes: 2 ** 23 },
        snapshots: undefined,
      },
    });
  });

  it('whose df fails is not taken for one with room', async () => {
    const stdout = [
      line('etcd', 'x'),
      line('data-bytes', 'du: cannot access'),
      line('data-volume', 'df: no such file'),
      line('backup-volume', '/dev/sda1 100000 50000 8192 60% /'),
    ].join('\n');
    expect((await answering({ stdout })).volumes).to.deep.equal({
      known: false,
      reason: "du and df do not say how large and how full etcd's data is on cp1",
    });
  });

  it('whose room for a snapshot is not said is not taken for one with room', async () => {
    const stdout = [line('etcd', 'etcd none'), line('backup-volume', '/dev/sda1 100000 50000 8192 60% /')].join('\n');
    const remote = new FakeRemote().when(() => true, { stdout });
    expect((await read(remote, '/var/lib/snapshots')).volumes).to.deep.equal({
      known: false,
      reason: 'df does not say how full /var/lib/snapshots is on cp1',
    });
  });

  it('names the packages that are installed by half', async () => {
    const { brokenPackages } = await answering({ stdout: line('packages', 'kubeadm kubelet ') });
    expect(brokenPackages).to.deep.equal({ known: true, value: 'kubeadm kubelet' });
  });
});
