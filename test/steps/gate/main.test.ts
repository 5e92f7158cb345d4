import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { sliceOf } from '../../support/fakes/api-servers.ts';
import { ed25519 } from '../../support/fakes/ssh-keys.ts';
import { identityOf, MACHINE_ID } from '../../support/fakes/kubelet-certificates.ts';
import { startSshServer, type SshServer } from '../../support/fakes/ssh-server.ts';

const KEY = ed25519();
const KUBELET = Buffer.from('kind: KubeletConfiguration\n').toString('base64');
const FLAGS = Buffer.from('KUBELET_EXTRA_ARGS="--cloud-config=/etc/cloud"\n').toString('base64');

const list = (...items: object[]): object => ({ metadata: {}, items });
const configMap = (key: string, kind: string): object => ({ data: { [key]: `apiVersion: x/v1\nkind: ${kind}\n` } });
const mirror = (component: string, tag = 'v1.33.2'): object => ({
  metadata: {
    labels: { component, tier: 'control-plane' },
    annotations: { 'kubernetes.io/config.mirror': 'x' },
  },
  spec: { nodeName: 'cp1', containers: [{ name: component, image: `r.io/${component}:${tag}`, command: [component] }] },
});
const NODE = {
  metadata: { name: 'cp1', uid: 'uid-of-cp1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  status: {
    nodeInfo: { kubeletVersion: 'v1.33.2', containerRuntimeVersion: 'containerd://2.2.1', machineID: MACHINE_ID },
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  },
};
const METRICS = '# TYPE apiserver_request_total counter\nprocess_start_time_seconds 1.7e9\n';

/** A whole cluster of one machine, as far as the gate asks it. */
const CLUSTER: Readonly<Record<string, unknown>> = {
  '/api/v1/nodes': list(NODE),
  '/api/v1/namespaces/kube-system/pods': list(
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((component) => mirror(component)),
    mirror('etcd', '3.5.26-0'),
  ),
  '/apis/apps/v1/deployments': list(),
  '/apis/apps/v1/daemonsets': list(),
  '/apis/apps/v1/statefulsets': list(),
  '/api/v1/namespaces/kube-system/configmaps/kubeadm-config': configMap('ClusterConfiguration', 'ClusterConfiguration'),
  '/api/v1/namespaces/kube-system/configmaps/kubelet-config': configMap('kubelet', 'KubeletConfiguration'),
  '/api/v1/namespaces/kube-system/configmaps/kube-proxy': configMap('config.conf', 'KubeProxyConfiguration'),
  '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-known-hosts': { metadata: { resourceVersion: '1' } },
  '/metrics': METRICS,
};

describe('the gate, as a program', () => {
  const bundled = mkdtempSync(join(tmpdir(), 'gate-'));
  const program = join(bundled, 'gate.cjs');
  let dir = '';
  before(async () => {
    const { bundle } = await import('../../../src/cli/bundle-steps.ts');
    await bundle(['gate'], bundled);
  });
  after(() => {
    rmSync(bundled, { recursive: true });
  });
  let api: Server;
  let sshd: SshServer;
  let answers: Record<string, unknown> = {};
  let flagFile = `absent etc-default-kubelet`;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'gate-'));
    answers = { ...CLUSTER };
    flagFile = 'absent etc-default-kubelet';
    api = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const answer = answers[path];
      response.writeHead(answer === undefined ? 404 : 200, {
        'content-type': typeof answer === 'string' ? 'text/plain' : 'application/json',
      });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: `no ${path}` }));
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    answers['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes'] = sliceOf(['127.0.0.1'], port());
    const exec: Parameters<typeof startSshServer>[0]['exec'] = (_, channel) => {
      const lines = ['cgroup cgroup2fs', 'absent kubeadm-flags.env', flagFile, 'absent etc-sysconfig-kubelet'];
      channel.write(
        [
          ...lines,
          'file kubelet-unit ',
          'file kubelet-environment ',
          'file kubelet-config-folder ',
          `file kubelet-config-file ${KUBELET}`,
        ].join('\n'),
      );
      channel.exit(0);
      channel.end();
    };
    sshd = await startSshServer({
      hostKeys: [ed25519().private],
      authorized: KEY.public,
      exec,
      identity: identityOf('cp1'),
    });
    const user = { name: 'u', user: {} };
    const cluster = { server: `http://127.0.0.1:${port()}`, 'insecure-skip-tls-verify': true };
    const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
    const config = { clusters: [{ name: 'c', cluster }], users: [user], contexts: [context], 'current-context': 'c' };
    writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(config));
    writeFileSync(join(dir, 'ssh_key'), KEY.private);
  });
  afterEach(async () => {
    api.closeAllConnections();
    api.close();
    await sshd.close();
    rmSync(dir, { recursive: true });
  });
  const port = (): number => (api.address() as AddressInfo).port;

  async function run(env: Readonly<Record<string, string>> = {}) {
    const inputs = {
      ...{ RUN_NAME: 'r', RUN_UID: 'u', POD_NAME: 'p', NAMESPACE: 'k8s-upgrade', ANNOTATION_PREFIX: 'x.io/' },
      SSH_ADDRESS: '{"type":"InternalIP","cidrs":[]}',
      EXCLUDE_NODES: '{"names":[],"labels":[],"kinds":[]}',
      ...{ SSH_USER: 'root', SSH_PORT: String(sshd.port), SSH_HOST_KEYS: 'trust-on-first-use' },
      ...{ SSH_CONNECT_TIMEOUT_SECONDS: '5', DEPRECATED_APIS_SOURCE: 'api-servers', LOOKBACK_HOURS: '24' },
      ...{ TARGET: '1.34.10', ADDONS: '[]', UNTESTED_ADDONS: 'block', UNTESTED_RUNTIME: 'warn' },
      ...{ KUBECONFIG: join(dir, 'kubeconfig'), SSH_KEY_DIR: dir, OUTPUT_DIR: join(dir, 'out'), ...env },
    };
    const ended = await new Promise<{ exitCode: number; log: string }>((resolve) => {
      const options = { env: { PATH: process.env['PATH'], ...inputs } };
      execFile(process.execPath, [program], options, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), log: `${stdout}${stderr}` });
      });
    });
    const output = (name: string): string | undefined =>
      existsSync(join(dir, 'out', name)) ? readFileSync(join(dir, 'out', name), 'utf8') : undefined;
    return { ...ended, verdict: output('gateVerdict'), message: output('gateMessage') };
  }

  it('is clear of a cluster against which nothing can be said, and says so', async () => {
    const { exitCode, log, verdict, message } = await run();
    expect({ exitCode, verdict, message }, log).to.deep.equal({
      ...{ exitCode: EXIT.Done, verdict: 'clear', message: 'Clear for v1.34.10.' },
    });
    expect(log).to.match(/^\d\d:\d\d:\d\d {2}Clear for v1\.34\.10\.\n$/);
  });

  it('ends well with a block, and has every finding in its log and in its message', async () => {
    flagFile = `file etc-default-kubelet ${FLAGS}`;
    answers['/metrics'] =
      `${METRICS}apiserver_requested_deprecated_apis{group="g",version="v1",resource="r",removed_release="1.34"} 1\n`;
    const { exitCode, log, verdict, message = '' } = await run();
    expect([exitCode, verdict], log).to.deep.equal([EXIT.Done, 'blocked']);
    expect(message.split('\n').map((line) => line.split(': found')[0])).to.deep.equal([
      'Upgrade to v1.34.10 is blocked: an operator must act on the findings below. Nothing was changed.',
      '[actionable: removed-api] g/v1 r',
      '[actionable: removed-flag] kubelet on cp1',
    ]);
    for (const line of message.split('\n')) expect(log).to.include(line);
  });

  it('ends well with a block when it breaks itself, with the error as the reason', async () => {
    answers['/api/v1/nodes'] = list({ ...NODE, status: { nodeInfo: { kubeletVersion: 'v1.34.0-rc.1' } } });
    const { exitCode, log, verdict, message } = await run();
    expect([exitCode, verdict], log).to.deep.equal([EXIT.Done, 'blocked']);
    expect(message?.split('\n')[1]).to.equal(
      '[unknown: gate-error] the gate: found an error: Node cp1 cannot be read: it reports the kubelet version "v1.34.0-rc.1", expected a release such as v1.34.9. Install a release of the kubelet there; needed an answer to every question of the gate. Nothing was changed. Correct the cause. The next scheduled run checks again.',
    );
  });

  const BAD: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a target that is none', { TARGET: '1.34' }, /TARGET: saw "1\.34", expected an exact version such as 1\.34\.9/],
    ['no cluster', { KUBECONFIG: '' }, /no cluster to talk to: set KUBECONFIG/],
    [
      'a Prometheus without an address',
      { DEPRECATED_APIS_SOURCE: 'prometheus' },
      /PROMETHEUS_URL: saw nothing, expected its address, since DEPRECATED_APIS_SOURCE is prometheus/,
    ],
  ];
  for (const [what, env, says] of BAD)
    it(`fails with ${what}, and leaves no verdict`, async () => {
      const { exitCode, log, verdict } = await run(env);
      expect([exitCode, verdict]).to.deep.equal([EXIT.BadInput, undefined]);
      expect(log).to.match(says);
    });
});
