import { expect } from 'chai';
import { observe } from '../../../src/steps/detect/observe.ts';
import { staticPodsAt, FROM } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeRemote, type FakeAnswer } from '../../support/fakes/remote.ts';

const PACKAGES = { sourceFile: '/etc/apt/sources.list.d/kubernetes.list', timeoutSeconds: 300 };
const controlPlane = { controlPlane: true, staticPods: staticPodsAt(FROM) };

function world(answer: FakeAnswer): { cluster: FakeCluster; remote: FakeRemote; said: string[] } {
  const cluster = new FakeCluster();
  cluster.addNode('a-worker', { createdAtMs: 1 });
  cluster.addNode('cp2', { ...controlPlane, createdAtMs: 3 });
  cluster.addNode('cp3', { ...controlPlane, createdAtMs: 2, internalIp: '10.0.0.9' });
  return { cluster, remote: new FakeRemote().whenScript('apt-cache madison kubeadm', answer), said: [] };
}

describe('detect looks', () => {
  it('at the package list of the oldest control-plane node, refreshing that one list only', async () => {
    const { cluster, remote, said } = world({ stdout: 'kubeadm | 1.34.10-1.1 | u\n' });
    const facts = await observe(cluster, remote, PACKAGES, (line) => said.push(line));
    expect([facts.askedNode, facts.madison, facts.nodes.length]).to.deep.equal([
      'cp3',
      'kubeadm | 1.34.10-1.1 | u\n',
      3,
    ]);
    expect(said).to.deep.equal(['Asking cp3 (10.0.0.9) which kubeadm packages its repository offers.']);
    expect(remote.ran.map(({ node, command }) => [node, command.timeoutSeconds])).to.deep.equal([['cp3', 300]]);
    const list = '-o Dir::Etc::sourcelist=/etc/apt/sources.list.d/kubernetes.list -o Dir::Etc::sourceparts=-';
    expect(remote.ran[0]?.command.script).to.equal(
      [
        'set -eu',
        'export LC_ALL=C',
        `apt-get update -qq -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=0 ${list} 1>&2`,
        'apt-cache madison kubeadm',
      ].join('\n'),
    );
  });

  it('with the setting quoted that reaches the shell', async () => {
    const { cluster, remote } = world({});
    await observe(cluster, remote, { ...PACKAGES, sourceFile: '/x;reboot' }, () => undefined);
    expect(remote.ran[0]?.command.script).to.include(" -o Dir::Etc::sourcelist='/x;reboot' ");
  });

  const remedy =
    'Check /etc/apt/sources.list.d/kubernetes.list there: apt-get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/kubernetes.list -o Dir::Etc::sourceparts=-';
  const FAILURES: readonly [string, FakeAnswer, string][] = [
    [
      'and asks again later when the list cannot be refreshed',
      { exitCode: 100, stdout: 'kubeadm | 1.34.9-1.1 | u', stderr: 'W: x\nE: The repository is not signed.\n' },
      `The Kubernetes package list could not be refreshed on cp3: E: The repository is not signed. ${remedy}`,
    ],
    [
      'and says so when apt gives no reason',
      { exitCode: 1 },
      `The Kubernetes package list could not be refreshed on cp3: it gave no message. ${remedy}`,
    ],
    [
      'and asks again later when the node cannot be reached',
      'unreachable',
      'cannot log in to cp3 (10.0.0.9) on port 22: connect ECONNREFUSED 10.0.0.9:22',
    ],
  ];
  for (const [promise, answer, message] of FAILURES)
    it(promise, async () => {
      const { cluster, remote } = world(answer);
      expect(await failureOf(observe(cluster, remote, PACKAGES, () => undefined))).to.deep.equal({
        exitCode: 75,
        message,
      });
    });

  it('and refuses what is no kubeadm cluster, or cannot be reached by its address', async () => {
    const cluster = new FakeCluster();
    cluster.addNode('w1');
    const look = () => failureOf(observe(cluster, new FakeRemote(), PACKAGES, () => undefined));
    expect(await look()).to.deep.equal({
      exitCode: 77,
      message: 'No node carries the label node-role.kubernetes.io/control-plane; is this a kubeadm cluster?',
    });
    cluster.addNode('cp1', { ...controlPlane, internalIp: undefined });
    expect(await look()).to.deep.equal({ exitCode: 77, message: 'Node cp1 has no InternalIP; SSH needs one.' });
  });
});
