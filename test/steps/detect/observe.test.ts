import { expect } from 'chai';
import { decide } from '../../../src/steps/detect/decide.ts';
import { observe } from '../../../src/steps/detect/observe.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import type { DetectInput } from '../../../src/steps/detect/contract.ts';
import type { Detection } from '../../../src/steps/detect/detection.ts';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { offeredPackages } from '../../../src/upgrade/host/offered-packages.ts';
import { FROM, staticPodsAt, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakePackages } from '../../support/fakes/packages.ts';
import { FakeRemote, type FakeAnswer } from '../../support/fakes/remote.ts';

const SOURCE = { sourceFile: '/etc/apt/sources.list.d/kubernetes.list', packagesTimeoutSeconds: 300 };
const SCHEDULED: DetectInput = {
  requestedTarget: undefined,
  packageSource: 'node',
  patchPolicy: 'auto',
  minorPolicy: 'auto',
  skipVersions: [],
  minimumReleaseAgeDays: 0,
};
const controlPlane = { controlPlane: true, staticPods: staticPodsAt(FROM) };
const madison = (...versions: string[]): FakeAnswer => ({
  stdout: versions.map((version) => ` kubeadm | ${version}-1.1 | u\n`).join(''),
});

function world(answer: FakeAnswer) {
  const cluster = new FakeCluster();
  cluster.addNode('a-worker', { createdAtMs: 1 });
  cluster.addNode('cp2', { ...controlPlane, createdAtMs: 3 });
  cluster.addNode('cp3', { ...controlPlane, createdAtMs: 2, internalIp: '10.0.0.9' });
  const remote = new FakeRemote().whenScript('apt-cache madison kubeadm', answer);
  const said: string[] = [];
  const packages = new FakePackages().offer('1.34', ['1.34.9']);
  return {
    cluster,
    quiesced: { held: () => Promise.resolve([]) },
    remote,
    packages,
    clock: new FakeClock(),
    said,
    log: (line: string) => void said.push(line),
  };
}

type World = ReturnType<typeof world>;
const look = (here: World, input: Partial<DetectInput> = {}, source = SOURCE): Promise<Detection> =>
  observe(here, source, (facts) => decide(facts, { ...SCHEDULED, ...input }));
const shortly = ({ verdict, target }: Detection): string =>
  `${verdict} ${target === undefined ? '' : formatKubeVersion(target)}`.trim();

describe('detect looks', () => {
  it('at the package list of the oldest control-plane node, refreshing that one list only', async () => {
    const here = world(madison('1.34.10'));
    expect(shortly(await look(here))).to.equal('upgrade 1.34.10');
    expect(here.remote.ran.map(({ node, command }) => [node, command.timeoutSeconds])).to.deep.equal([['cp3', 300]]);
    expect(here.remote.ran[0]?.command.script).to.equal(offeredPackages(SOURCE.sourceFile));
  });

  it('with the setting quoted that reaches the shell', async () => {
    const here = world(madison('1.34.10'));
    await look(here, {}, { ...SOURCE, sourceFile: '/x;reboot' });
    expect(here.remote.ran[0]?.command.script).to.include("if by '/x;reboot'; then");
  });

  it('and tells what it asked and what was answered', async () => {
    const here = world(madison('1.34.9', '1.34.2'));
    here.packages.offer('1.35', ['1.35.1', '1.35.4'], Date.UTC(2026, 10, 10, 12, 30));
    expect(shortly(await look(here, { minimumReleaseAgeDays: 7 }))).to.equal('upgrade 1.35.4');
    expect(here.said).to.deep.equal([
      'The oldest kubelet of 3 is at v1.34.9; the API servers are at v1.34.9.',
      'Asking cp3 (10.0.0.9) which kubeadm packages its repository offers.',
      'The package source of cp3 offers kubeadm 1.34.2, 1.34.9.',
      'Asking https://packages.example.com/v1.35/deb whether 1.35 is released.',
      'Asking https://packages.example.com/v1.35/deb which kubeadm packages of 1.35 there are.',
      'https://packages.example.com/v1.35/deb offers kubeadm 1.35.1, 1.35.4.',
      'Asking https://packages.example.com/v1.35/deb when v1.35.4 was published.',
      'v1.35.4 was published at 2026-11-10 12:30 UTC.',
    ]);
  });

  it('in the repository only when it has to', async () => {
    const patch = world(madison('1.34.10'));
    await look(patch);
    expect(patch.packages.asked).to.deep.equal([]);
    const nothing = world(madison('1.34.9'));
    expect(shortly(await look(nothing))).to.equal('none');
    expect(nothing.packages.asked).to.deep.equal(['has 1.35', 'has 1.34']);
  });

  it('at no node when the repository is the source', async () => {
    const here = world('unreachable');
    here.packages.offer('1.34', ['1.34.11']);
    expect(shortly(await look(here, { packageSource: 'repository' }))).to.equal('upgrade 1.34.11');
    expect(here.remote.ran).to.deep.equal([]);
  });

  it('into the folder of the running minor when the source of the node names another', async () => {
    const here = world(madison('1.33.4'));
    here.packages.offer('1.34', ['1.34.11']);
    expect(shortly(await look(here))).to.equal('upgrade 1.34.11');
    expect(here.packages.asked).to.deep.equal(['kubeadm 1.34']);
  });

  it('for the date of a release in the folder of its minor, whoever named the release', async () => {
    const here = world(madison('1.34.10', '1.34.11'));
    here.packages.offer('1.34', ['1.34.11'], here.clock.now()).offer('1.34', ['1.34.10'], 0);
    expect(shortly(await look(here, { minimumReleaseAgeDays: 7 }))).to.equal('upgrade 1.34.10');
    const file = (version: string) => `date amd64/kubeadm_${version}-1.1_amd64.deb`;
    expect(here.packages.asked).to.deep.equal(['kubeadm 1.34', file('1.34.11'), file('1.34.10')]);
  });

  it('and takes a release that the repository does not have for one without a date', async () => {
    const here = world(madison('1.34.10'));
    expect((await look(here, { minimumReleaseAgeDays: 7 })).reason).to.match(/^No patch .* v1\.34\.10 has no date/);
    expect(here.said.at(-1)).to.equal('v1.34.10 has no date there.');
  });

  it('at nothing but the cluster when something was begun: that needs no repository', async () => {
    const here = world('unreachable');
    here.packages.down = true;
    here.cluster.alterNode('cp3', { kubelet: v('1.35.1'), staticPods: staticPodsAt(v('1.35.1')) });
    expect(shortly(await look(here))).to.equal('upgrade 1.35.1');
  });

  const remedy =
    'Check /etc/apt/sources.list.d/kubernetes.list there: apt-get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/kubernetes.list -o Dir::Etc::sourceparts=-';
  it('by the key that the repository serves, where the key of the node does not verify, and says so', async () => {
    const stdout = ' kubeadm | 1.34.10-1.1 | u\n';
    const here = world({ stdout, stderr: 'W: EXPKEYSIG 1\n@key-replaced\n' });
    expect(shortly(await look(here))).to.equal('upgrade 1.34.10');
    expect(here.said).to.include(
      'Warning: the key on cp3 does not verify its Kubernetes repository, the key that the repository serves does. An upgrade replaces the key.',
    );
  });

  for (const [files, seen] of [
    [
      '/etc/apt/sources.list.d/k8s.sources\n/etc/apt/sources.list\n',
      '/etc/apt/sources.list.d/k8s.sources, /etc/apt/sources.list',
    ],
    ['', 'no file'],
  ] as const)
    it(`and is refused where packages.sourceFile is not there and ${seen} names a repository`, async () => {
      const { exitCode, message } = refused(
        `cp3 has no /etc/apt/sources.list.d/kubernetes.list, which packages.sourceFile names. A Kubernetes repository is named there by: ${seen}. Set packages.sourceFile to the file of that repository, or packages.source: repository.`,
      );
      expect(await failureOf(look(world({ exitCode: 66, stderr: files })))).to.deep.equal({ exitCode, message });
    });

  const FAILURES: readonly [string, FakeAnswer, string][] = [
    [
      'and asks again later when the list cannot be refreshed',
      { exitCode: 100, stdout: 'kubeadm | 1.34.9-1.1 | u', stderr: 'W: x\nE: The repository is not signed.\n' },
      `The Kubernetes package list could not be refreshed on cp3: W: x E: The repository is not signed. ${remedy}`,
    ],
    [
      'and keeps what apt says of the key',
      { exitCode: 100, stderr: 'W: GPG error: x InRelease: NO_PUBKEY 1\nE: The repository is not signed.\n' },
      `The Kubernetes package list could not be refreshed on cp3: W: GPG error: x InRelease: NO_PUBKEY 1 E: The repository is not signed. ${remedy}`,
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
    [
      'and asks again later when the list is empty',
      {},
      'The package source of cp3 offers no kubeadm package. Check whether its Kubernetes source is empty.',
    ],
  ];
  for (const [promise, answer, message] of FAILURES)
    it(promise, async () => {
      expect(await failureOf(look(world(answer)))).to.deep.equal({ exitCode: 75, message });
    });

  it('and takes a repository without the running minor for the wrong one, not for one without the next', async () => {
    const here = { ...world(madison('1.34.9')), packages: new FakePackages() };
    expect(await failureOf(look(here))).to.deep.equal({
      exitCode: 75,
      message:
        'There is neither https://packages.example.com/v1.35/deb nor https://packages.example.com/v1.34/deb, the minor that the cluster runs. Check packages.repository.',
    });
  });

  it('and refuses what is no kubeadm cluster, or cannot be reached by its address', async () => {
    const here = { ...world({}), cluster: new FakeCluster() };
    here.cluster.addNode('w1');
    expect(await failureOf(look(here))).to.deep.equal({
      exitCode: 77,
      message:
        'No node carries the label node-role.kubernetes.io/control-plane. Check whether this is a kubeadm cluster.',
    });
    here.cluster.addNode('cp1', { ...controlPlane, internalIp: undefined });
    expect(await failureOf(look(here))).to.deep.equal({
      exitCode: 77,
      message: 'Node cp1 has no InternalIP; SSH needs one.',
    });
  });
});
