import { expect } from 'chai';
import { kubeadm } from '../../../src/steps/adapters/kubeadm.ts';
import { TO } from '../../support/builders.ts';
import { UPGRADE_DIFF } from '../../support/kubeadm.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const host = { node: 'cp1', uid: 'uid-of-cp1', address: '10.0.0.1' };

const SCHEDULER_CONFIG = '--config=/etc/kubernetes/scheduler/config.yaml';

describe('kubeadm on a node', () => {
  // 2026-06-24: plan without an explicit target never proposes the next minor.
  it('is asked for a plan with the target said, and with the checks that apply will ignore as well', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', { stdout: 'the plan\n' });
    const ignore = ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'];
    expect(await kubeadm(remote).plan(host, TO, ignore)).to.deep.equal({ known: true, value: 'the plan\n' });
    expect(remote.ran.map(({ command }) => command.script.split('\n').at(-1))).to.deep.equal([
      'kubeadm upgrade plan v1.34.10 --ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins',
    ]);
  });

  it('ignores nothing when nothing is to be ignored', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', {});
    await kubeadm(remote).plan(host, TO, []);
    expect(remote.ran[0]?.command.script).to.match(/\nkubeadm upgrade plan v1\.34\.10$/);
  });

  it('is asked what it would change, with the whole of both manifests around it', async () => {
    const remote = new FakeRemote().whenScript('upgrade diff', { stdout: UPGRADE_DIFF });
    const diff = await kubeadm(remote).diff(host, TO);
    const compared = diff.known ? diff.value : [];
    expect(compared.map(({ component }) => component)).to.deep.equal([
      ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
    ]);
    expect(compared[2]?.is).to.have.nested.property('spec.containers[0].command[6]', SCHEDULER_CONFIG);
    expect(compared[2]?.becomes).not.to.have.nested.property('spec.containers[0].command[6]');
    expect(remote.ran[0]?.command.script).to.match(/\nkubeadm upgrade diff v1\.34\.10 --context-lines 100000$/);
  });

  it('does not take a part of a manifest for the whole', async () => {
    const partial = '--- /etc/kubernetes/manifests/etcd.yaml\n+++ new manifest\n@@ -18,2 +18 @@\n-a\n-b\n+c\n';
    const remote = new FakeRemote().whenScript('upgrade diff', { stdout: partial });
    expect(await kubeadm(remote).diff(host, TO)).to.deep.equal({
      known: false,
      reason: '"kubeadm upgrade diff v1.34.10 --context-lines 100000" on cp1 did not print whole manifests',
    });
  });

  it('leaves it unknown when it fails, in its own last words', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', {
      exitCode: 1,
      stdout: 'x',
      stderr: 'error: [upgrade/health] FATAL\nsee kubeadm(1)\n',
    });
    expect(await kubeadm(remote).plan(host, TO, [])).to.deep.equal({
      known: false,
      reason:
        '"kubeadm upgrade plan v1.34.10" ended with exit code 1 on cp1: error: [upgrade/health] FATAL see kubeadm(1)',
    });
  });

  it('leaves it unknown when nobody lets us in, and says whom', async () => {
    const reading = await kubeadm(new FakeRemote().whenScript('', 'unreachable')).diff(host, TO);
    expect(reading).to.deep.equal({
      known: false,
      reason: 'cannot log in to cp1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22',
    });
  });
});
