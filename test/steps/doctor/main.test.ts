import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BY_HAND, envFromSettings, settingsFor } from '../../../src/cli/settings.ts';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { doctor } from '../../../src/steps/doctor/contract.ts';
import { ed25519 } from '../../support/fakes/ssh-keys.ts';
import { identityOf, MACHINE_ID } from '../../support/fakes/kubelet-certificates.ts';
import { startSshServer, type SshServer } from '../../support/fakes/ssh-server.ts';

const KEY = ed25519();
const IMAGE = 'quay.io/argoproj/workflow-controller:v4.1.4';
const list = (...items: object[]): object => ({ metadata: {}, items });
const node = (name: string, labels: object, address = '127.0.0.1'): object => ({
  metadata: {
    ...{ name, uid: `uid-of-${name}` },
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
  },
  spec: {},
  status: {
    nodeInfo: { kubeletVersion: 'v1.33.2', containerRuntimeVersion: 'containerd://2.2.1', machineID: MACHINE_ID },
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});
const CLUSTER: Readonly<Record<string, object>> = {
  '/apis/authorization.k8s.io/v1/subjectaccessreviews': { status: { allowed: true } },
  '/apis/argoproj.io/v1alpha1': {
    resources: ['cronworkflows', 'workflows', 'workflowtaskresults', 'workflowtemplates'].map((name) => ({ name })),
  },
  '/apis/apps/v1/daemonsets': list(),
  '/apis/apps/v1/deployments': list({
    metadata: { name: 'workflow-controller', namespace: 'argo' },
    spec: { selector: {}, template: { spec: { containers: [{ name: 'c', image: IMAGE }] } } },
  }),
  '/api/v1/namespaces/argo/configmaps/workflow-controller-configmap': {
    data: { executor: 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }' },
  },
  '/api/v1/nodes': list(node('cp1', { 'node-role.kubernetes.io/control-plane': '' }), node('w1', {}, '127.0.0.2')),
  '/api/v1/namespaces/kube-system/pods': list(),
  '/apis/batch/v1/namespaces/default/cronjobs/backup-etcd': { spec: { suspend: false } },
  '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-run-state': { metadata: {} },
  '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-known-hosts': { metadata: { resourceVersion: '1' } },
};

describe('the doctor, as a program', () => {
  const bundled = mkdtempSync(join(tmpdir(), 'doctor-'));
  let dir = '';
  let api: Server;
  let sshd: SshServer;
  let worker: SshServer;
  let answers: Record<string, object> = {};
  let asked: string[] = [];
  before(async () => {
    const { bundle } = await import('../../../src/cli/bundle-steps.ts');
    await bundle(['doctor'], bundled);
  });
  after(() => {
    rmSync(bundled, { recursive: true });
  });
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'doctor-'));
    [answers, asked] = [{ ...CLUSTER }, []];
    api = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      asked.push(`${request.method} ${path}`);
      response.writeHead(answers[path] === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[path] ?? { message: `no ${path}` }));
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const exec: Parameters<typeof startSshServer>[0]['exec'] = (_, channel) => {
      channel.write('0\n');
      channel.exit(0);
      channel.end();
    };
    sshd = await startSshServer({
      hostKeys: [ed25519().private],
      authorized: KEY.public,
      exec,
      identity: identityOf('cp1'),
    });
    const at = { address: '127.0.0.2', port: sshd.port };
    worker = await startSshServer({ hostKeys: [ed25519().private], authorized: KEY.public, exec, at });
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const cluster = { server, 'insecure-skip-tls-verify': true };
    const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
    const config = { clusters: [{ name: 'c', cluster }], users: [{ name: 'u', user: {} }], contexts };
    writeFileSync(join(dir, 'kubeconfig'), JSON.stringify({ ...config, 'current-context': 'c' }));
    writeFileSync(join(dir, 'ssh_key'), KEY.private);
  });
  afterEach(async () => {
    api.closeAllConnections();
    api.close();
    await sshd.close();
    await worker.close();
    rmSync(dir, { recursive: true });
  });

  async function run() {
    const places = { KUBECONFIG: join(dir, 'kubeconfig'), SSH_KEY_DIR: dir, CHAT_DIR: dir, OUTPUT_DIR: dir };
    const env = {
      ...{ PATH: process.env['PATH'], ...BY_HAND, ...envFromSettings(doctor, settingsFor(undefined)), ...places },
      ...{ SSH_PORT: String(sshd.port), TERMINATION_LOG: join(dir, 'ended') },
    };
    writeFileSync(join(dir, 'ended'), '');
    const { exitCode, log } = await new Promise<{ exitCode: number; log: string }>((resolve) => {
      execFile(process.execPath, [join(bundled, 'doctor.cjs')], { env }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), log: `${stdout}${stderr}` });
      });
    });
    const [health, message, ended] = ['health', 'doctorMessage', 'ended'].map((name) =>
      readFileSync(join(dir, name), 'utf8'),
    );
    return { exitCode, log, health, message, ended };
  }

  it('ends well where all is well, having changed nothing and read no Secret', async () => {
    const { exitCode, log, health, message = '' } = await run();
    expect([exitCode, health], log).to.deep.equal([EXIT.Done, 'well']);
    expect(message).to.include('✓ SSH to w1: root, by a host key that is accepted');
    expect(log).to.include(message);
    const changes = asked.filter((each) => !each.startsWith('GET ') && !each.endsWith('/subjectaccessreviews'));
    expect(changes).to.deep.equal([]);
    expect(asked.filter((each) => each.includes('/secrets'))).to.deep.equal([]);
  });

  it('is refused where something is missing, with all of it in its output and its last word', async () => {
    rmSync(join(dir, 'ssh_key'));
    answers['/apis/authorization.k8s.io/v1/subjectaccessreviews'] = { status: { allowed: false } };
    const { exitCode, log, health, message = '', ended = '' } = await run();
    expect([exitCode, health], log).to.deep.equal([EXIT.Refused, 'ill']);
    expect(message).to.include('✗ Secret k8s-upgrade/k8s-upgrade-creds: no ssh_key\n');
    expect(ended).to.match(/^doctor: \d+ of \d+ are not well; 3 cannot be told from here, or not yet\.\n✗ /);
    expect(ended).to.include('✗ ServiceAccount k8s-upgrade-drain: may not create pods/eviction');
  });
});
