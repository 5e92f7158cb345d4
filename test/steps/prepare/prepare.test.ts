import { expect } from 'chai';
import { buildFence, fencedRemote } from '../../../src/steps/guards/fence.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { prepareNodes } from '../../../src/steps/prepare/act.ts';
import type { PrepareInput } from '../../../src/steps/prepare/contract.ts';
import { observe } from '../../../src/steps/prepare/observe.ts';
import type { NodeTask } from '../../../src/upgrade/node/order.ts';
import { aRecord, ME, OTHER, staticPodsAt, TO, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeCompatibility } from '../../support/fakes/compatibility.ts';
import { FakeLease } from '../../support/fakes/lease.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const LOOK = '# What stands in the way';
const PACKAGES = '# Packages of v1.34.10';
const HOLD = '# Hold the packages';
const IMAGES = '# Images of the target';
const said = (...lines: string[]): { stdout: string } => ({
  stdout: [...lines, 'end'].map((line) => `@prepare ${line}\n`).join(''),
});
const DISK =
  'free / 9000000 4096\nfree /var/lib 9000000 4096\nabsent /var/lib/containerd\nabsent /var/lib/etcd\nabsent /var/lib/kubelet\n';
const idle = (...more: string[]) => ({
  stdout: DISK + said('user 0', 'units-read', 'packages-read', ...more).stdout,
});
const VERSIONS = ['kubeadm', 'kubelet', 'kubectl'].map((name) => `version ${name} 1.34.10-1.1`);
const KEY = `key ${'a'.repeat(64)}`;
const [PAUSE, PROXY] = ['registry.k8s.io/pause:3.10.1', 'registry.k8s.io/kube-proxy:v1.34.10'];
const API_SERVER = 'registry.k8s.io/kube-apiserver:v1.34.10';
const NOTHING_DONE = 'No node was cordoned, and nothing was installed.';

describe('prepare', () => {
  let [cluster, compatibility, lease] = [new FakeCluster(), new FakeCompatibility(), new FakeLease()];
  let [remote, clock, log] = [new FakeRemote(), new FakeClock(), [] as string[]];
  beforeEach(async () => {
    [cluster, compatibility, lease] = [new FakeCluster(), new FakeCompatibility(), new FakeLease()];
    [remote, clock, log] = [new FakeRemote(), new FakeClock(), []];
    await lease.write(undefined, ME, 0);
    cluster.addNode('cp1', { controlPlane: true });
    cluster.addNode('w1');
    remote
      .whenScript(LOOK, idle())
      .whenScript(HOLD, {})
      .whenScript(
        PACKAGES,
        said(
          KEY,
          ...VERSIONS,
          `fetched kubelet_1.34.10-1.1_amd64.deb 3000000`,
          ...[API_SERVER, PROXY, PAUSE].map((image) => `image ${image}`),
        ),
      )
      .whenScript(IMAGES, ({ script }) =>
        said(
          ...[API_SERVER, PROXY, PAUSE]
            .filter((image) => script.includes(`one ${image} `))
            .map((image) => (image === PROXY ? `pulled ${image}` : `present ${image}`)),
        ),
      );
  });

  const input = (about: Partial<PrepareInput> = {}): PrepareInput => ({
    target: TO,
    repository: 'https://r.org',
    sourceFile: '/s',
    keyringFile: '/k.asc',
    images: 'pull',
    controlPlanes: [{ name: 'cp1', role: 'first-control-plane' }],
    workers: [{ name: 'w1', role: 'worker' }],
    ignorePreflightErrors: [],
    skipPhases: ['addon/coredns'],
    minimumFreeRootMiB: 512,
    minimumFreeVarLibMiB: 2048,
    packagesTimeoutSeconds: 1500,
    imagesTimeoutSeconds: 1800,
    patienceSeconds: 3600,
    ...about,
  });
  const prepare = async (about: Partial<PrepareInput> = {}): Promise<void> => {
    const clients = {
      remote: fencedRemote(remote, buildFence(lease, ME)),
      clock,
      log: (line: string) => void log.push(line),
    };
    await prepareNodes(await observe(cluster, compatibility, input(about)), input(about), clients);
  };
  const ran = (): string[] =>
    remote.ran.map(({ node, command }) => `${node}: ${command.script.split('\n')[0] ?? ''}`).sort();
  const on = (node: string, script: string, answer: Parameters<FakeRemote['when']>[1]): void =>
    void remote.when((command, host) => host.node === node && command.script.includes(script), answer);

  it('looks at every node, has packages fetched and images pulled there, and says what came', async () => {
    await prepare();
    expect(log).to.have.members([
      'cp1: packages verified (kubeadm 1.34.10-1.1, kubelet 1.34.10-1.1, kubectl 1.34.10-1.1): fetched 1, 3 MiB. Images: 2 there, 1 pulled (registry.k8s.io/kube-proxy:v1.34.10).',
      'w1: packages verified (kubeadm 1.34.10-1.1, kubelet 1.34.10-1.1, kubectl 1.34.10-1.1): fetched 1, 3 MiB. Images: 1 there, 1 pulled (registry.k8s.io/kube-proxy:v1.34.10).',
      '2 nodes are ready for v1.34.10.',
    ]);
    expect(log.at(-1)).to.equal('2 nodes are ready for v1.34.10.');
    expect(ran()).to.have.length(6);
    expect(cluster.writes).to.deep.equal([]);
  });

  it('is content with nothing to do', async () => {
    await prepare({ controlPlanes: [], workers: [] });
    expect([ran(), log]).to.deep.equal([[], ['0 nodes are ready for v1.34.10.']]);
  });

  it('tells when there was nothing left to fetch', async () => {
    remote.whenScript(PACKAGES, said(KEY, ...VERSIONS, `image ${PAUSE}`)).whenScript(IMAGES, said(`present ${PAUSE}`));
    await prepare({ controlPlanes: [] });
    expect(log).to.deep.equal([
      'w1: packages verified (kubeadm 1.34.10-1.1, kubelet 1.34.10-1.1, kubectl 1.34.10-1.1): nothing was left to fetch. Images: 1 there.',
      '1 node is ready for v1.34.10.',
    ]);
  });

  it('collects every problem of every node, in their order, and refuses when one of them is final', async () => {
    on('w1', LOOK, 'unreachable');
    on('cp1', LOOK, {
      stdout: DISK.replace('/ 9000000', '/ 1') + said('user 0', 'units-read', 'packages-read', 'broken bash').stdout,
    });
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: [
        'Packages on cp1 are half-installed: bash. Repair them there: dpkg --configure -a && apt-get install --fix-broken',
        'cp1 has 0 MiB free on /, expected at least 512 MiB. Make room there.',
        'cannot log in to w1 (10.0.0.2) on port 22: connect ECONNREFUSED 10.0.0.2:22',
        NOTHING_DONE,
      ].join('\n'),
    });
    expect(ran()).to.have.length(2);
  });

  it('is to be tried again when all that is in the way may pass', async () => {
    on('w1', LOOK, 'unreachable');
    on('cp1', PACKAGES, 'hangs');
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 75,
      message: [
        '"# Packages of v1.34.10: verified and fetched, not installed" on cp1 (10.0.0.1) did not end within 1500 s; its session was closed; the command may still run there',
        'cannot log in to w1 (10.0.0.2) on port 22: connect ECONNREFUSED 10.0.0.2:22',
        NOTHING_DONE,
      ].join('\n'),
    });
  });

  it('is final where a host key or a login is refused', async () => {
    on('w1', LOOK, refused('w1 shows the host key A, on record is B'));
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `w1 shows the host key A, on record is B\n${NOTHING_DONE}`,
    });
  });

  it('goes no further on a node whose packages do not verify, and on the others to their end', async () => {
    on('w1', PACKAGES, said(KEY, 'index-failed E: BADSIG'));
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `https://r.org/v1.34/deb/ does not verify on w1, by the key that it serves: E: BADSIG Nothing from it is used.\n${NOTHING_DONE}`,
    });
    expect(ran().filter((line) => line.includes('Images'))).to.deep.equal([
      'cp1: # Images of the target: looked for, pulled when missing',
    ]);
  });

  it('names node and image of a pull that fails', async () => {
    on('w1', IMAGES, said(`present ${PAUSE}`, `failed ${PROXY} 404 not found`));
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `w1 cannot pull ${PROXY}: 404 not found\n${NOTHING_DONE}`,
    });
  });

  it('warns of a kubectl or crictl that hides the one of the package and goes on', async () => {
    const shadows = ['shadow kubectl /usr/local/bin/kubectl', 'shadow crictl /usr/local/bin/crictl'];
    remote.whenScript(PACKAGES, said(KEY, ...VERSIONS, ...shadows, `image ${PAUSE}`));
    remote.whenScript(IMAGES, said(`present ${PAUSE}`));
    await prepare({ controlPlanes: [] });
    expect(log.slice(0, 2)).to.deep.equal([
      'Warning: /usr/local/bin/kubectl on w1 hides /usr/bin/kubectl of the package, and stays at its version after the upgrade.',
      'Warning: /usr/local/bin/crictl on w1 hides /usr/bin/crictl of the package, and stays at its version after the upgrade.',
    ]);
  });

  it('lets packages go back only where the kubelet of the node is newer than the target', async () => {
    await prepare();
    cluster.alterNode('w1', { kubelet: v('1.34.11') });
    await prepare({ controlPlanes: [] });
    const scripts = remote.ran.map(({ command }) => command.script).filter((script) => script.includes(PACKAGES));
    expect(scripts.map((script) => script.includes('--allow-downgrades'))).to.deep.equal([false, false, true]);
  });

  it('warns of a rotated key and goes on', async () => {
    const keys = `key ${'a'.repeat(64)} ${'b'.repeat(64)}`;
    on('w1', PACKAGES, said(keys, ...VERSIONS, `image ${PROXY}`, `image ${PAUSE}`));
    await prepare();
    expect(log).to.include(
      'Warning: w1: the repository serves another signing key (SHA-256 aaaaaaaaaaaa…) than /k.asc (bbbbbbbbbbbb…). Its index verifies by the new one; the upgrade will replace the file.',
    );
  });

  it('waits for an earlier run that is at work there, and says so once', async () => {
    let looks = 0;
    on('w1', LOOK, () => (++looks < 4 ? idle('unit argo-kubeadm-upgrade-1.service') : idle()));
    await prepare();
    expect(clock.slept).to.deep.equal([10, 10, 10]);
    expect(log.filter((line) => line.includes('still running'))).to.deep.equal([
      'w1: an earlier run is still running there: argo-kubeadm-upgrade-1.service. Waiting.',
    ]);
  });

  it('goes on with an earlier run that is at work on the node whose turn it is, and waits for it on any other', async () => {
    const unit = 'argo-kubeadm-upgrade-v1.34.10-5.service';
    on('w1', LOOK, idle(`unit ${unit}`));
    await prepare({ controlPlanes: [] });
    expect(log).to.deep.equal([
      `w1: ${unit} of an earlier run is still running there. This run resumes it.`,
      '1 node is ready for v1.34.10.',
    ]);
    expect(clock.slept).to.deep.equal([]);
    expect(ran().every((line) => line.includes('What stands'))).to.equal(true);
    expect(await failureOf(prepare())).to.deep.include({ exitCode: 77 });
  });

  it('goes on with no way to another target', async () => {
    let looks = 0;
    on('w1', LOOK, () => (++looks < 2 ? idle('unit argo-kubeadm-upgrade-v1.34.1-1.service') : idle()));
    await prepare({ controlPlanes: [] });
    expect(clock.slept).to.deep.equal([10]);
  });

  it('does not wait for it for ever, and fetches nothing beside it', async () => {
    on('w1', LOOK, idle('unit argo-kubeadm-upgrade-1.service'));
    expect(await failureOf(prepare({ controlPlanes: [] }))).to.deep.equal({
      exitCode: 77,
      message: `argo-kubeadm-upgrade-1.service of an earlier run is still running on w1 after 3600 s. See what it does: systemctl status argo-kubeadm-upgrade-1.service\n${NOTHING_DONE}`,
    });
    expect(ran().every((line) => line.includes('What stands'))).to.equal(true);
  });

  it('fetches nothing for a node that is at the target and only to be finished', async () => {
    cluster.alterNode('w1', { kubelet: TO, upgradeRecord: aRecord({ phase: 'soaking' }) });
    cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO), upgradeRecord: aRecord() });
    await prepare();
    expect(log).to.have.members([
      'cp1: runs v1.34.10 already, nothing to fetch.',
      'w1: runs v1.34.10 already, nothing to fetch.',
      '2 nodes are ready for v1.34.10.',
    ]);
    expect(ran().every((line) => line.includes('What stands'))).to.equal(true);
  });

  it('holds what an attempt that was cut off left unheld, and looks again, before it fetches anything', async () => {
    cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO) });
    cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'upgrading' }) });
    let held = false;
    on('w1', LOOK, () => idle(...(held ? [] : ['interrupted', 'broken kubelet'])));
    on('w1', HOLD, () => {
      held = true;
      return {};
    });
    await prepare({ controlPlanes: [] });
    expect(held).to.equal(true);
    expect(log.at(-1)).to.equal('1 node is ready for v1.34.10.');
    expect(
      remote.ran.map(({ command }) => [LOOK, HOLD, PACKAGES, IMAGES].find((part) => command.script.includes(part))),
    ).to.deep.equal([LOOK, HOLD, LOOK, PACKAGES, IMAGES]);
  });

  it('tries again where those packages cannot be held', async () => {
    cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO) });
    cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'upgrading' }) });
    on('w1', HOLD, { exitCode: 100, stderr: 'E: Unable to locate package kubectl' });
    expect(await failureOf(prepare({ controlPlanes: [] }))).to.deep.equal({
      exitCode: 75,
      message: `An earlier attempt left packages of w1 unheld, and they cannot be held: E: Unable to locate package kubectl\nHold them there: apt-mark hold kubeadm kubelet kubectl\n${NOTHING_DONE}`,
    });
  });

  it('holds nothing on a node on which no attempt has begun', async () => {
    cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'draining' }) });
    await prepare();
    expect(remote.ran.some(({ command }) => command.script.includes(HOLD))).to.equal(false);
  });

  it('asks neither for images nor for how the cluster names them when nobody looks', async () => {
    compatibility.forbidden.add('kubeadmConfig');
    await prepare({ images: 'off', controlPlanes: [] });
    expect(log[0]).to.match(/fetched 1, 3 MiB[.]$/);
    expect(remote.ran.some(({ command }) => command.script.includes('config images list'))).to.equal(false);
  });

  it('refuses, before it logs in anywhere, when it cannot tell which images the cluster is made of', async () => {
    compatibility.forbidden.add('kubeadmConfig');
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `The images of the cluster are unknown: may not get configmap kube-system/kubeadm-config: HTTP 403: forbidden. To skip the check of images, set prepare.images: off\n${NOTHING_DONE}`,
    });
    expect(ran()).to.deep.equal([]);
  });

  it('refuses a kubeadm that lists no images', async () => {
    on('w1', PACKAGES, said(KEY, ...VERSIONS));
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `The kubeadm of v1.34.10 lists no images on w1, expected at least pause.\n${NOTHING_DONE}`,
    });
  });

  it('refuses what ends without its end, with what it said last', async () => {
    on('w1', PACKAGES, { exitCode: 1, stdout: '@prepare key x\n', stderr: 'sh: cannot create\n' });
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `fetching packages on w1 did not reach its end: sh: cannot create\n${NOTHING_DONE}`,
    });
    on('w1', LOOK, { exitCode: 127, stdout: '' });
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `the check of w1 did not reach its end.\n${NOTHING_DONE}`,
    });
  });

  it('refuses a node that is gone or has no address', async () => {
    cluster.alterNode('w1', { internalIp: undefined });
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `Node w1 has no InternalIP; SSH needs one. Start a new run.\n${NOTHING_DONE}`,
    });
    cluster.removeNode('w1');
    expect(await failureOf(prepare())).to.deep.equal({
      exitCode: 77,
      message: `There is no node w1 any more. Start a new run.\n${NOTHING_DONE}`,
    });
  });

  it('does nothing without the Lease, and says so once', async () => {
    await lease.write(await lease.read(), OTHER, 1);
    const failure = await failureOf(prepare());
    expect(failure).to.include({ exitCode: 77 });
    expect((failure as { message: string }).message.match(/does not hold the Lease/g)).to.have.length(1);
    expect(ran()).to.deep.equal([]);
  });

  it('works on five nodes at a time', async () => {
    const workers = Array.from({ length: 12 }, (_, index): NodeTask => ({ name: `n${index}`, role: 'worker' }));
    for (const { name } of workers) cluster.addNode(name);
    let [now, most] = [0, 0];
    remote.whenScript(LOOK, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return idle();
    });
    await prepare({ controlPlanes: [], workers });
    expect([most, log.at(-1)]).to.deep.equal([5, '12 nodes are ready for v1.34.10.']);
  });

  it('begins no further node when its time is over: the next attempt goes on', async () => {
    const workers = Array.from({ length: 7 }, (_, index): NodeTask => ({ name: `n${index}`, role: 'worker' }));
    for (const { name } of workers) cluster.addNode(name);
    remote.whenScript(IMAGES, () => (clock.pass(3600), said(`present ${PAUSE}`, `present ${PROXY}`)));
    expect(await failureOf(prepare({ controlPlanes: [], workers }))).to.deep.equal({
      exitCode: 75,
      message: [
        ...['n5', 'n6'].map(
          (name) =>
            `${name} was not prepared: the nodes before it took longer than 3600 s. Fetched packages and images stay, so the next attempt takes less time.`,
        ),
        NOTHING_DONE,
      ].join('\n'),
    });
  });

  it('does not hide a bug as a problem of a node', async () => {
    on('w1', LOOK, () => {
      throw new TypeError('a bug');
    });
    await prepare().then(
      () => expect.fail('it went well'),
      (error: unknown) => expect(error).to.be.instanceOf(TypeError),
    );
  });
});
